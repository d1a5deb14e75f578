"""Who gets what: every address of the product, as every role. A new address fails the test until it stands here.

in    sent to sign in (and back afterwards)     go    sent on to another page     a number    the answer's status

One line is a method, what each role gets, and the rows it is so for. A row is an address's name; `name.variant` is
the same page about another thing (tests/access/addresses.py). `*` in the admin's names stands for every table,
`any` for whatever Django's desk answers its own people.
A cohort that everybody can see answers its strangers 403 with the way in; what they must not know of answers 404.
"""

import fnmatch

TABLE = """
#    anon strn memb else ende part prt2 prt3 host hst2 admn

# Everybody's
GET  200  200  200  200  200  200  200  200  200  200  200   front studies how_it_works terms privacy refund_policy
                                                             partners partner_terms
                                                             api_docs openapi
                                                             house_rules help showcase study cohort seats_fragment
                                                             offline service_worker manifest
                                                             case_study.public cover.public picture.public
                                                             social_case.public social_site social_study banner media
                                                             person
                                                             robots sitemap sitemap_section feed showcase_feed
                                                             calendar_feed stop_letters join join.free comments.public
                                                             seat_group_new group_seat
                                                             follow scholarship
GET  go   go   go   go   go   go   go   go   go   go   go    case_short.public favicon
GET  204  200  200  200  200  200  200  200  200  200  200   menu_fragment comment_form.public
GET  503  503  503  503  503  503  503  503  503  503  503   health

# Nobody's: drafts, posts for the cohort alone, what was removed, what was guessed
GET  404  404  404  404  404  404  404  404  404  404  404   cohort.draft seats_fragment.draft join.draft media.other
                                                             case_study.private case_study.inside case_short.private
                                                             case_short.inside social_case.private social_case.inside
                                                             social_case.removed cover.removed calendar_feed.guessed
                                                             stop_letters.guessed person.stranger
                                                             ui
                                                             waiting.draft group_seat.guessed scholarship.draft
GET  410  410  410  410  410  410  410  410  410  410  410   case_study.removed case_short.removed

# The space of a cohort: members, partners and hosts of it
GET  in   403  200  403  403  200  200  403  200  403  403   space sessions people groups turns cases session
                                                             cohort_case.public cohort_case.inside
GET  in   404  404  404  404  404  404  404  200  404  404   space.draft sessions.draft people.draft groups.draft
                                                             turns.draft cases.draft
GET  in   403  200  403  403  200  404  403  200  403  403   session.group
GET  in   403  go   403  403  go   go   403  go   403  403   session_enter
GET  in   403  go   403  403  go   404  403  go   403  403   session_enter.group
GET  in   404  200  404  404  200  200  404  200  404  404   session_ics
GET  in   404  200  404  404  200  404  404  200  404  404   session_ics.group
GET  in   403  404  403  403  404  404  403  404  403  403   cohort_case.private cohort_case.removed
GET  in   403  200  403  403  404  404  403  404  403  403   turn_pass
POST in   403  go   403  403  go   go   403  go   403  403   turn_take group_choose
POST in   403  go   403  403  200  200  403  200  403  403   people
POST in   403  go   403  403  go   404  403  go   403  403   turn_take.group
POST in   403  go   403  403  404  404  403  404  403  403   turn_pass
GET  404  404  200  404  404  200  200  404  200  404  404   cover.inside picture.inside
GET  in   403  200  403  403  200  200  403  200  403  403   thanks
POST in   403  422  403  403  go   go   403  422  403  403   thanks
POST in   403  404  403  403  404  404  403  go   403  403   thanks_back

# Writing: the author alone; a remix begins from what one may read
GET  in   200  200  200  200  200  200  200  200  200  200   write my_posts case_remix.public
GET  in   404  200  404  404  200  200  404  200  404  404   case_remix.inside
GET  in   404  200  404  404  404  404  404  404  404  404   case_edit case_preview case_remix.private
GET  in   404  404  404  404  404  404  404  404  404  404   case_remix.removed
GET  404  404  200  404  404  404  404  404  404  404  404   cover.private picture.private
POST in   go   go   go   go   go   go   go   go   go   go    write
POST in   404  go   404  404  404  404  404  404  404  404   case_edit
POST in   404  200  404  404  404  404  404  404  404  404   case_draft
POST 404  404  201  404  404  404  404  404  404  404  404   case_pictures

# Comments: whoever may read the post; taken away by their writer and the author of the post
GET  in   404  200  404  404  200  200  404  200  404  404   comments.inside
GET  204  404  200  404  404  200  200  404  200  404  404   comment_form.inside
GET  in   404  404  404  404  404  404  404  404  404  404   comments.private comments.removed
GET  in   404  200  404  404  404  404  404  404  404  404   comment_remove
GET  in   200  200  404  404  404  404  404  404  404  404   comment_remove.strangers
POST in   go   go   go   go   go   go   go   go   go   go    comments.public
POST in   404  go   404  404  go   go   404  go   404  404   comments.inside
POST in   404  404  404  404  404  404  404  404  404  404   comments.private comments.removed
POST in   404  go   404  404  404  404  404  404  404  404   comment_remove
POST in   go   go   404  404  404  404  404  404  404  404   comment_remove.strangers

# Joining and paying: who pays sees the payment
POST in   go   409  go   go   go   go   go   go   go   go    join
POST in   go   go   409  go   go   go   go   go   go   go    join.free
POST in   go   422  go   422  go   go   go   go   go   go    scholarship
POST in   go   go   go   go   go   go   go   go   go   go    scholarship_withdraw
POST 404  404  404  404  404  404  404  404  404  404  404   join.draft waiting.draft
GET  go   go   go   go   go   go   go   go   go   go   go    waiting
GET  200  200  200  200  200  200  200  200  200  200  200   waiting.full
POST in   go   go   go   go   go   go   go   go   go   go    waiting.full waiting_leave follow follow_stop
GET  in   404  200  404  404  404  404  404  404  404  404   checkout_return checkout_return.open
                                                             checkout_return.deposit
GET  in   404  200  404  404  404  404  404  404  404  404   receipt
GET  in   404  404  404  404  404  404  404  404  404  404   cash_receipt agree
POST in   404  404  404  404  404  404  404  404  404  404   cash_receipt agree
GET  in   404  200  404  404  404  404  404  404  404  404   cash_receipt.bank
POST in   404  go   404  404  404  404  404  404  404  404   cash_receipt.bank
GET  in   404  404  404  404  404  404  404  200  404  404   member_refund money_event member_move
POST in   404  404  404  404  404  404  404  200  404  404   member_refund
GET  in   404  200  404  404  404  404  404  404  404  404   leave
POST in   404  go   404  404  404  404  404  404  404  404   leave
GET  in   404  200  404  404  404  404  404  404  404  404   move give
POST in   404  go   404  404  404  404  404  404  404  404   move give
GET  200  200  200  200  200  200  200  200  200  200  200   seat_gift
GET  404  404  404  404  404  404  404  404  404  404  404   seat_gift.guessed
POST in   go   422  422  422  422  422  422  422  422  422   seat_gift
POST 404  404  404  404  404  404  404  404  404  404  404   seat_gift.guessed
POST in   404  404  404  404  404  404  404  go   404  404   member_move
POST in   404  go   404  404  404  404  404  404  404  404   checkout_return checkout_page checkout_page.open
                                                             checkout_give_up checkout_give_up.open
                                                             checkout_deposit
POST in   go   go   go   go   go   go   go   go   go   go    seat_group_new group_seat
GET  in   404  200  404  404  404  404  404  404  404  404   seat_group seat_group.quote seat_group_attendance
                                                             seat_group_back
POST in   404  404  404  404  404  404  404  404  404  404   group_consent
POST in   404  go   404  404  404  404  404  404  404  404   seat_group_accept seat_group_people seat_group_link
                                                             seat_group_take_back seat_group_replace seat_group_back
POST 200  200  200  200  200  200  200  200  200  200  200   stripe_webhook
POST 400  400  400  400  400  400  400  400  400  400  400   stripe_webhook.forged

# The studio: whoever runs the study; to all others it is not there
GET  in   200  200  200  200  200  200  200  200  200  200   studio studio_new earnings
POST in   go   go   go   go   go   go   go   go   go   go    studio_new
POST in   404  404  404  404  404  404  404  go   404  404   studio_coupons studio_coupon_off member_credit
                                                             studio_credit_back studio_cohort_credit
GET  in   404  404  404  404  404  404  404  200  404  404   studio_coupons studio_study studio_study_edit
                                                             studio_credits studio_credit_back member_credit
                                                             studio_cohort_credit
                                                             studio_cohort_new
                                                             studio_refunds studio_cohort studio_cohort.draft
                                                             studio_cohort_edit studio_cohort_refunds studio_call_off
                                                             studio_groups studio_group studio_sessions
                                                             studio_terms studio_presale studio_scholarships
                                                             studio_session studio_people studio_people_export
                                                             studio_preview.draft studio_copy studio_deposits
                                                             studio_outside studio_seat_groups
GET  in   404  404  404  404  404  404  404  go   404  404   studio_preview
POST in   404  404  404  404  404  404  404  go   404  404   studio_study_edit studio_cohort_new studio_cohort_edit
                                                             studio_deposits studio_outside
                                                             studio_seat_groups
                                                             studio_cohort_open.draft studio_cohort_close
                                                             studio_cohort_reopen.closed studio_groups studio_group
                                                             studio_group_remove studio_session
                                                             studio_session_cancel studio_place studio_call_off
                                                             studio_again studio_partners_ask studio_terms
                                                             studio_seat_group_extend studio_seat_group_end
                                                             studio_presale.draft studio_scholarships
                                                             studio_scholarship_answer

# Partners
GET  in   200  200  200  200  200  200  200  200  200  200   partner_desk partner_earnings partner_apply
GET  200  200  200  200  200  200  200  200  200  200  200   partner_invitation
GET  404  404  404  404  404  404  404  404  404  404  404   partner_invitation.guessed
POST in   go   go   200  go   200  200  200  go   go   go    partner_apply
POST in   go   go   go   go   go   go   go   go   go   go    partner_withdraw
POST in   go   422  422  422  422  422  422  422  422  422   partner_invitation
POST 404  404  404  404  404  404  404  404  404  404  404   partner_invitation.guessed

# One's own things
GET  in   404  404  404  404  200  404  404  200  404  404   member
POST in   404  404  404  404  go   404  404  go   404  404   member_nudge member_note
GET  in   404  404  404  404  200  404  404  404  404  404   partner_group

GET  in   200  200  200  200  200  200  200  200  200  200   home account profile letters payee payments
                                                             statement statement_file books_file
                                                             notifications
                                                             api_tokens
                                                             account_email
                                                             account_change_password account_reauthenticate
                                                             socialaccount_connections
POST in   go   go   go   go   go   go   go   go   go   go    profile letters payee payee_stripe
                                                             notifications
                                                             calendar_reset account_email
                                                             account_change_password account_reauthenticate
POST in   200  200  200  200  200  200  200  200  200  200   api_tokens
POST in   404  go   404  404  404  404  404  404  404  404   api_token_revoke
POST 200  200  200  200  200  200  200  200  200  200  200   stop_letters
POST 404  404  404  404  404  404  404  404  404  404  404   stop_letters.guessed
POST in   200  200  200  200  200  200  200  200  200  200   socialaccount_connections
GET  in   go   go   go   go   go   go   go   200  go   go    payee_tax payee_resident tax_statement
POST in   go   go   go   go   go   go   go   go   go   go    payee_tax payee_resident
GET  in   go   go   go   go   go   go   go   go   go   go    account_set_password payee_stripe payee_return
POST in   go   go   go   go   go   go   go   go   go   go    account_set_password

# Coming in and going out
GET  200  go   go   go   go   go   go   go   go   go   go    account_login account_signup account_request_login_code
GET  go   200  200  200  200  200  200  200  200  200  200   account_logout
GET  200  200  200  200  200  200  200  200  200  200  200   account_inactive account_reset_password
                                                             account_reset_password_done
                                                             account_reset_password_from_key
                                                             account_reset_password_from_key_done
                                                             socialaccount_login_cancelled
GET  401  401  401  401  401  401  401  401  401  401  401   socialaccount_login_error
GET  go   go   go   go   go   go   go   go   go   go   go    account_confirm_login_code /accounts/social/signup/
                                                             account_email_verification_sent
                                                             /accounts/social/connections/
                                                             /accounts/social/login/cancelled/
                                                             /accounts/social/login/error/
                                                             socialaccount_signup
POST go   go   go   go   go   go   go   go   go   go   go    account_login account_signup account_logout set_language
                                                             account_request_login_code account_reset_password
                                                             account_confirm_login_code /accounts/social/signup/
                                                             account_email_verification_sent
                                                             /accounts/social/connections/
                                                             /accounts/social/login/cancelled/
                                                             /accounts/social/login/error/ socialaccount_signup
POST 200  200  200  200  200  200  200  200  200  200  200   account_reset_password_from_key

# The demo's bar: everybody may be anybody there, and nobody anywhere else (tests/demo/test_bar.py)
GET  200  200  200  200  200  200  200  200  200  200  200   demo demo_bar
POST go   go   go   go   go   go   go   go   go   go   go    demo_become demo_move

# The API, asked with a browser's session, which opens nothing there (with tokens: tests/api/)
GET  200  200  200  200  200  200  200  200  200  200  200   api_studies api_study api_cohorts api_study_cohorts
                                                             api_cohort api_subgroups api_sessions api_case_studies
                                                             api_case_study.public
GET  404  404  404  404  404  404  404  404  404  404  404   api_cohort.draft api_subgroups.draft api_sessions.draft
                                                             api_case_study.private api_case_study.inside api_nowhere
GET  410  410  410  410  410  410  410  410  410  410  410   api_case_study.removed
GET  401  401  401  401  401  401  401  401  401  401  401   api_me api_enrollments api_my_sessions api_turns
                                                             api_my_cases api_my_case
POST 401  401  401  401  401  401  401  401  401  401  401   api_turn_take api_turn_pass api_join api_my_cases
                                                             api_publication api_pictures api_waiting api_deposit

# The platform's desk: its people alone, and its books are looked at, never edited
GET  in   403  403  403  403  403  403  403  403  403  go    admin:login
POST in   403  403  403  403  403  403  403  403  403  200   admin:login
GET  go   go   go   go   go   go   go   go   go   go   200   admin:index admin:app_list admin_queues
                                                             admin:payments_payee_change admin:payments_payee_history
GET  go   go   go   go   go   go   go   go   go   go   go    admin:payments_ledgertransaction_books
GET  go   go   go   go   go   go   go   go   go   go   403   admin:payments_*_add admin:payments_*_delete
                                                             admin:cohorts_*_add admin:cohorts_*_delete
                                                             admin:showcase_*_add admin:showcase_*_delete
                                                             admin:accounts_*_add admin:accounts_*_delete
                                                             admin:mail_*_add admin:mail_*_delete
GET  go   go   go   go   go   go   go   go   go   go   any   admin:*
POST go   go   go   go   go   go   go   go   go   go   go    admin_queues
"""


def rows(addresses: set[str]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return (method, row, what each role gets), one per address; a `*` stands for what no row before it names."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for line in TABLE.splitlines():
        cells = line.partition("#")[0].split()
        if cells and cells[0] in ("GET", "POST"):
            method, outcomes, cells = cells[0], tuple(cells[1:12]), cells[12:]
        for cell in cells:
            for name in sorted(fnmatch.filter(addresses, cell)) if "*" in cell else [cell]:
                found.setdefault((method, name), outcomes)
    return [(method, name, outcomes) for (method, name), outcomes in found.items()]
