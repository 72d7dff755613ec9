-- JSON is read differently by the two databases.
UPDATE assertion SET achievement_version = (
  SELECT CAST(convert_from(d.content, 'UTF8')::json -> 'achievement' ->> 'version' AS INTEGER)
  FROM credential c JOIN credential_document d ON d.credential_id = c.id AND d.format = 'issued'
  WHERE c.assertion_id = assertion.id
) WHERE issued_at IS NOT NULL;
