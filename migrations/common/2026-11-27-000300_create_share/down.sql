DROP TABLE disclosure;
DROP TABLE share_award;
DROP TABLE share;
