DROP TABLE record_refresh;
DROP TABLE status_place;
DROP TABLE status_list;
