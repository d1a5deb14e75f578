"""The world the demo begins with: people, studies, cohorts, money and case studies, made by the product's own verbs."""
