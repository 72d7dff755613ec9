-- The other lists that grow with the awards are searched by the same index of three letters in a row.

CREATE VIRTUAL TABLE clr_search USING fts5(text, content='', contentless_delete=1, detail=none, tokenize='trigram');
INSERT INTO search_entry (object_id) SELECT id FROM clr ORDER BY created_at;
INSERT INTO clr_search (rowid, text) SELECT search_entry.number, search_text FROM search_entry JOIN clr ON clr.id = object_id;
CREATE TRIGGER clr_search_insert AFTER INSERT ON clr BEGIN
  INSERT INTO search_entry (object_id) VALUES (new.id);
  INSERT INTO clr_search (rowid, text) SELECT number, new.search_text FROM search_entry WHERE object_id = new.id;
END;
CREATE TRIGGER clr_search_update AFTER UPDATE OF search_text ON clr WHEN new.search_text <> old.search_text BEGIN
  UPDATE clr_search SET text = new.search_text WHERE rowid = (SELECT number FROM search_entry WHERE object_id = new.id);
END;
CREATE TRIGGER clr_search_delete AFTER DELETE ON clr BEGIN
  DELETE FROM clr_search WHERE rowid = (SELECT number FROM search_entry WHERE object_id = old.id);
  DELETE FROM search_entry WHERE object_id = old.id;
END;

CREATE VIRTUAL TABLE endorsement_search USING fts5(text, content='', contentless_delete=1, detail=none, tokenize='trigram');
INSERT INTO search_entry (object_id) SELECT id FROM endorsement ORDER BY created_at;
INSERT INTO endorsement_search (rowid, text) SELECT search_entry.number, search_text FROM search_entry JOIN endorsement ON endorsement.id = object_id;
CREATE TRIGGER endorsement_search_insert AFTER INSERT ON endorsement BEGIN
  INSERT INTO search_entry (object_id) VALUES (new.id);
  INSERT INTO endorsement_search (rowid, text) SELECT number, new.search_text FROM search_entry WHERE object_id = new.id;
END;
CREATE TRIGGER endorsement_search_update AFTER UPDATE OF search_text ON endorsement WHEN new.search_text <> old.search_text BEGIN
  UPDATE endorsement_search SET text = new.search_text WHERE rowid = (SELECT number FROM search_entry WHERE object_id = new.id);
END;
CREATE TRIGGER endorsement_search_delete AFTER DELETE ON endorsement BEGIN
  DELETE FROM endorsement_search WHERE rowid = (SELECT number FROM search_entry WHERE object_id = old.id);
  DELETE FROM search_entry WHERE object_id = old.id;
END;

CREATE VIRTUAL TABLE evidence_search USING fts5(text, content='', contentless_delete=1, detail=none, tokenize='trigram');
INSERT INTO search_entry (object_id) SELECT id FROM evidence ORDER BY created_at;
INSERT INTO evidence_search (rowid, text) SELECT search_entry.number, search_text FROM search_entry JOIN evidence ON evidence.id = object_id;
CREATE TRIGGER evidence_search_insert AFTER INSERT ON evidence BEGIN
  INSERT INTO search_entry (object_id) VALUES (new.id);
  INSERT INTO evidence_search (rowid, text) SELECT number, new.search_text FROM search_entry WHERE object_id = new.id;
END;
CREATE TRIGGER evidence_search_update AFTER UPDATE OF search_text ON evidence WHEN new.search_text <> old.search_text BEGIN
  UPDATE evidence_search SET text = new.search_text WHERE rowid = (SELECT number FROM search_entry WHERE object_id = new.id);
END;
CREATE TRIGGER evidence_search_delete AFTER DELETE ON evidence BEGIN
  DELETE FROM evidence_search WHERE rowid = (SELECT number FROM search_entry WHERE object_id = old.id);
  DELETE FROM search_entry WHERE object_id = old.id;
END;

CREATE VIRTUAL TABLE result_search USING fts5(text, content='', contentless_delete=1, detail=none, tokenize='trigram');
INSERT INTO search_entry (object_id) SELECT id FROM result ORDER BY created_at;
INSERT INTO result_search (rowid, text) SELECT search_entry.number, COALESCE(value, '') FROM search_entry JOIN result ON result.id = object_id;
CREATE TRIGGER result_search_insert AFTER INSERT ON result BEGIN
  INSERT INTO search_entry (object_id) VALUES (new.id);
  INSERT INTO result_search (rowid, text) SELECT number, COALESCE(new.value, '') FROM search_entry WHERE object_id = new.id;
END;
CREATE TRIGGER result_search_update AFTER UPDATE OF value ON result WHEN COALESCE(new.value, '') <> COALESCE(old.value, '') BEGIN
  UPDATE result_search SET text = COALESCE(new.value, '') WHERE rowid = (SELECT number FROM search_entry WHERE object_id = new.id);
END;
CREATE TRIGGER result_search_delete AFTER DELETE ON result BEGIN
  DELETE FROM result_search WHERE rowid = (SELECT number FROM search_entry WHERE object_id = old.id);
  DELETE FROM search_entry WHERE object_id = old.id;
END;
