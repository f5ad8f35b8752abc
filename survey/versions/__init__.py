"""What differs between versions of a questionnaire, and under which name an old answer stands in the newest one.

Pure: questionnaires, rename maps and answers in, values out. Who may publish and what is stored are matters of
`survey.consultations` and `survey.publications`.
"""
