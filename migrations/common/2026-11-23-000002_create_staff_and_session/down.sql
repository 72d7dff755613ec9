DROP TABLE kept_form;
DROP TABLE session;
DROP TABLE one_time_link;
DROP TABLE staff;
