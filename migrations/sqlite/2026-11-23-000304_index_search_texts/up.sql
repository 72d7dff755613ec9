-- Searching looks for any part of a word, which no ordinary index helps with: three letters in a row are indexed instead.
-- The rows' own numbers may change (VACUUM), so the index has numbers of its own. It is derived: nothing is lost with it.
CREATE TABLE search_entry (
  number INTEGER PRIMARY KEY,
  object_id TEXT NOT NULL UNIQUE
);

CREATE VIRTUAL TABLE profile_search USING fts5(text, content='', contentless_delete=1, detail=none, tokenize='trigram');
INSERT INTO search_entry (object_id) SELECT id FROM profile ORDER BY created_at;
INSERT INTO profile_search (rowid, text) SELECT number, search_text FROM search_entry JOIN profile ON profile.id = object_id;
CREATE TRIGGER profile_search_insert AFTER INSERT ON profile BEGIN
  INSERT INTO search_entry (object_id) VALUES (new.id);
  INSERT INTO profile_search (rowid, text) SELECT number, new.search_text FROM search_entry WHERE object_id = new.id;
END;
CREATE TRIGGER profile_search_update AFTER UPDATE OF search_text ON profile WHEN new.search_text <> old.search_text BEGIN
  UPDATE profile_search SET text = new.search_text WHERE rowid = (SELECT number FROM search_entry WHERE object_id = new.id);
END;
CREATE TRIGGER profile_search_delete AFTER DELETE ON profile BEGIN
  DELETE FROM profile_search WHERE rowid = (SELECT number FROM search_entry WHERE object_id = old.id);
  DELETE FROM search_entry WHERE object_id = old.id;
END;

CREATE VIRTUAL TABLE assertion_search USING fts5(text, content='', contentless_delete=1, detail=none, tokenize='trigram');
INSERT INTO search_entry (object_id) SELECT id FROM assertion ORDER BY created_at;
INSERT INTO assertion_search (rowid, text) SELECT number, search_text FROM search_entry JOIN assertion ON assertion.id = object_id;
CREATE TRIGGER assertion_search_insert AFTER INSERT ON assertion BEGIN
  INSERT INTO search_entry (object_id) VALUES (new.id);
  INSERT INTO assertion_search (rowid, text) SELECT number, new.search_text FROM search_entry WHERE object_id = new.id;
END;
CREATE TRIGGER assertion_search_update AFTER UPDATE OF search_text ON assertion WHEN new.search_text <> old.search_text BEGIN
  UPDATE assertion_search SET text = new.search_text WHERE rowid = (SELECT number FROM search_entry WHERE object_id = new.id);
END;
CREATE TRIGGER assertion_search_delete AFTER DELETE ON assertion BEGIN
  DELETE FROM assertion_search WHERE rowid = (SELECT number FROM search_entry WHERE object_id = old.id);
  DELETE FROM search_entry WHERE object_id = old.id;
END;
