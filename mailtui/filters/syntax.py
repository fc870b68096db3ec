"""The filter language on one page, for every help that shows it."""

SYNTAX = """\
  word, "two words"     occurs anywhere, in any case; * and ? are wildcards,
                        but not in quotes
  field:text            occurs in the field; with wildcards all of it must fit;
                        field:"" is empty, from:<> the null sender
  field=text  !=        the whole value, exactly
  field~regex  !~       a regular expression finds something, in any case
  field>2h  < <= >=     numbers, sizes (10k 1.5M 2G), durations (30s 2h 7d),
                        times (2h ago: 2h; 14:30 yesterday 2026-11-20),
                        severities (severity>=warning)
  each_field:…          every value of the field must fit, not just one
  a b, a and b, a or b  both; both; one of them. -a and not a: the opposite;
                        (…) group
  Fields are named as in the log: from to orig_to relay dsn status reason client
  sasl_username queue_id message-id daemon event severity delay size time age …
  dsn:4.7 finds 4.7.1; client:192.0.2.0/24 a network; from_domain:shop.example."""
