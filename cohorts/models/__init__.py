from cohorts.models.announcement import Announcement, Audience
from cohorts.models.cohort import Cohort
from cohorts.models.contribution import Contribution
from cohorts.models.coupon import Coupon
from cohorts.models.credit import Credit, CreditUse
from cohorts.models.enrollment import Enrollment
from cohorts.models.follow import StudyFollow
from cohorts.models.note import Nudge, PartnerNote
from cohorts.models.partner import Leadership, Partner
from cohorts.models.partner_application import PartnerApplication
from cohorts.models.partner_invitation import PartnerInvitation
from cohorts.models.presentation import Presentation
from cohorts.models.price import Price
from cohorts.models.refund_policy import RefundPolicy
from cohorts.models.reminder import Reminder
from cohorts.models.rules import Rules
from cohorts.models.scholarship import Scholarship, ScholarshipApplication
from cohorts.models.seat_gift import SeatGift
from cohorts.models.seat_group import GroupPlan, SeatGroup, SeatInvitation
from cohorts.models.seats import Seats
from cohorts.models.session import Session
from cohorts.models.study import Study, StudyRole
from cohorts.models.subgroup import Membership, Subgroup
from cohorts.models.terms import Terms
from cohorts.models.thanks import Thanks

__all__ = [
    "Announcement",
    "Audience",
    "Cohort",
    "Contribution",
    "Coupon",
    "Credit",
    "CreditUse",
    "Enrollment",
    "GroupPlan",
    "Leadership",
    "Membership",
    "Nudge",
    "Partner",
    "PartnerApplication",
    "PartnerInvitation",
    "PartnerNote",
    "Presentation",
    "Price",
    "RefundPolicy",
    "Reminder",
    "Rules",
    "Scholarship",
    "ScholarshipApplication",
    "SeatGift",
    "SeatGroup",
    "SeatInvitation",
    "Seats",
    "Session",
    "Study",
    "StudyFollow",
    "StudyRole",
    "Subgroup",
    "Terms",
    "Thanks",
]
