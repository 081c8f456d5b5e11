"""Pure metrology: functions from numbers and arrays to frozen dataclasses, each with its formula, clause, units and errors.

Where to look (docs/metrology.md lists every function and what it was checked against):

    sample, regression, calibration_fit, anova          statistics, ISO/TS 28037, ISO 6143
    quantity, uncertain, coverage, gum, distributions,
    monte_carlo                                         GUM, JCGM 101, JJF 1059
    linearity, repeatability, response, drift, …        what a bench determines of an analyser
    accuracy, method_7e, part60_audits, …               40 CFR 60 and 75
    qal1, qal2, control_charts, suitability, …          EN 14181, EN 15267-3, EN ISO 14956, ISO 9169
    velocity…, stack_velocity, gas_density, …           flow
"""
