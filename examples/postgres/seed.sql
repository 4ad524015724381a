CREATE TABLE orders (id integer PRIMARY KEY, customer text NOT NULL, total numeric(8, 2) NOT NULL);
INSERT INTO orders VALUES (1, 'Ada', 19.90), (2, 'Grace', 250.00), (3, 'Edsger', 7.45);
