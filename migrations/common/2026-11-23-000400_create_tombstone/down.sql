DROP TABLE received_award;
DROP TABLE tombstone;
