"""What only looks unused, and why · 看似未用的名称及其理由."""

# Attributes that the writers of Word documents and archives read, not this project.
_.author
_.autofit
_.bold
_.bottom_margin
_.comments
_.compress_type
_.create_system
_.last_modified_by
_.left_margin
_.modified
_.orientation
_.page_height
_.page_width
_.rgb
_.right_margin
_.space_after
_.top_margin

# Members of enumerations are made from their values, as clauses and profiles write them.
_.CONTAINS

# Facts of a package that plugins and readers of the records see, though no check of the catalogue asks for them.
_.owner_unit

# Naming the modules imports them: that is how their faults declare themselves.
_.THEMES

# pytest reads these by name.
_.pytest_addoption
_.pytestmark

# The database toolkit calls these and reads these; models, which are not read by vulture, name the types.
_.UtcDateTime
_.CanonicalJson
_.cache_ok
_.impl
_.inherit_cache
_.isolation_level
_.process_bind_param
_.process_result_value
_.reference

# The reader of CQL2 calls a method per rule of its grammar.
_.arithmetic
_.conjunction
_.disjunction
_.is_not_null
_.like
_.negative
_.not_between
_.not_in
_.not_like

# Templates read these.
_.age_days
_.check_seconds
_.first_pass_share
_.longest_days
_.overdue
_.lead
_.pager
_.trail

# The server of the standard library calls these by name; uvicorn reads the last one.
_.do_GET
_.do_POST
_.log_message
_.should_exit

# The framework reads the model's configuration; the page of the API shows the prose.
_.model_config
_.prose

# Columns of records that are written here and read by name, in templates and queries.
_.decided_by
_.decided_reason
_.error_en
_.error_zh
_.handed_in_at
_.last_event

# The driver of SQLite reads these.
_.row_factory
_.text_factory

# The script that makes the guide's pages calls it.
_.procedures_page

# The word processor reads it.
_.alignment

# A template reads it.
_.is_named

# Pytest calls it.
_.pytest_addoption

# The command line framework reads it.
_.add_help_option
