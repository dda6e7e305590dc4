"""Questions of the model to which the bundled corpus has no answer, as it holds nothing of the kind; the worked example has one."""

WITHOUT_ANSWER = {"assessments", "chains-of-relays", "protected-accounts", "replies-to-recommendations", "replies-to-records"}
