-- A checkpoint: under the number and hash of an entry stands the publisher's signature. Who can change the whole database
-- can write the chain anew, but cannot sign for it.
CREATE TABLE audit_checkpoint (
  seq BIGINT PRIMARY KEY NOT NULL,
  at TIMESTAMP NOT NULL,
  hash TEXT NOT NULL,
  key_id TEXT NOT NULL REFERENCES signing_key (id),
  token TEXT NOT NULL
);

-- The entries from before there was a chain, up to this number; the next change chains them, and takes the row away.
-- Without a row nothing is ever chained anew: entries without a hash have lost it.
CREATE TABLE audit_unchained (
  until_seq BIGINT PRIMARY KEY NOT NULL
);
INSERT INTO audit_unchained (until_seq)
  SELECT newest FROM (SELECT max(seq) AS newest, count(*) AS entries, count(hash) AS chained FROM audit_entry) AS trail
  WHERE entries > 0 AND chained = 0;
