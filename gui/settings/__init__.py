"""Settings: the laboratory's template, stations, language and appearance, folders, and about this program."""
