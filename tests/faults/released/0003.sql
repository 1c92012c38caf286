BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE chunks (
	id INTEGER NOT NULL, 
	delivery_id INTEGER NOT NULL, 
	variant INTEGER NOT NULL, 
	low INTEGER NOT NULL, 
	high INTEGER NOT NULL, 
	size INTEGER NOT NULL, 
	excluded INTEGER NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	attempt INTEGER NOT NULL, 
	fence INTEGER NOT NULL, 
	lease_until BIGINT NOT NULL, 
	not_before BIGINT NOT NULL, 
	request_sha256 BLOB, 
	batch_id VARCHAR(64) NOT NULL, 
	send_at BIGINT NOT NULL, 
	provider_id VARCHAR(100) NOT NULL, 
	reason VARCHAR(100) NOT NULL, 
	parent_id INTEGER, 
	updated_at BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(delivery_id) REFERENCES deliveries (id)
);
INSERT INTO "chunks" VALUES(1,1,0,1,11,10,0,'accepted',1,1,1680652860,0,X'1832397D59D6C7C65473312BF996988E39BFBA54842F7F925555E082E67F852F','',0,'','',NULL,1680652800);
INSERT INTO "chunks" VALUES(2,1,0,12,22,10,0,'unknown',1,1,1680652860,0,X'2A162A1D042D01417EF8498ABC02BA34B2461C5AC4D11DAE44D91BC17C8266B3','',0,'','',NULL,1680652800);
INSERT INTO "chunks" VALUES(3,1,0,23,33,10,0,'claimed',1,1,1680652860,0,X'096B0BFEF933A3FA974B44BE72DA831BDA07720412A89912F3A25DE3C445839B','',0,'','',NULL,1680652800);
INSERT INTO "chunks" VALUES(4,1,0,34,39,6,0,'pending',0,0,0,0,NULL,'',0,'','',NULL,1680652800);
INSERT INTO "chunks" VALUES(5,1,1,10,40,4,0,'pending',0,0,0,0,NULL,'',0,'','',NULL,1680652800);
CREATE TABLE consents (
	id INTEGER NOT NULL, 
	subscriber_id INTEGER, 
	mailbox_key BIGINT NOT NULL, 
	newsletter VARCHAR(40) NOT NULL, 
	act VARCHAR(12) NOT NULL, 
	at BIGINT NOT NULL, 
	how VARCHAR(40) NOT NULL, 
	wording TEXT NOT NULL, 
	source TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE deliveries (
	id INTEGER NOT NULL, 
	issue VARCHAR(80) NOT NULL, 
	newsletter VARCHAR(40) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	submit_at BIGINT NOT NULL, 
	candidates INTEGER NOT NULL, 
	recipients INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	canary TEXT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (issue)
);
INSERT INTO "deliveries" VALUES(1,'magazine/2023-04-05','magazine','f93e14ef321b3e7bad77333ba115efc20c1cc28931dffa7492b36700cc2dc40f','sending',1680652800,40,40,'','',1680652800);
CREATE TABLE exclusions (
	delivery_id INTEGER NOT NULL, 
	reason VARCHAR(20) NOT NULL, 
	number INTEGER NOT NULL, 
	PRIMARY KEY (delivery_id, reason), 
	FOREIGN KEY(delivery_id) REFERENCES deliveries (id)
);
CREATE TABLE facts (
	delivery_id INTEGER NOT NULL, 
	subscriber_id INTEGER NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	chunk_id INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	reason VARCHAR(200) NOT NULL, 
	PRIMARY KEY (delivery_id, subscriber_id, kind)
)
 WITHOUT ROWID

;
CREATE TABLE issue_steps (
	id INTEGER NOT NULL, 
	issue VARCHAR(80) NOT NULL, 
	at DATETIME NOT NULL, 
	who VARCHAR(80) NOT NULL, 
	on_behalf_of VARCHAR(80) NOT NULL, 
	action VARCHAR(30) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	reason TEXT NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(issue) REFERENCES issues ("key")
);
CREATE TABLE issues (
	"key" VARCHAR(80) NOT NULL, 
	newsletter VARCHAR(40) NOT NULL, 
	issue_date VARCHAR(10) NOT NULL, 
	number INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	author VARCHAR(80) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	approved_fingerprint VARCHAR(64) NOT NULL, 
	submit_at DATETIME, 
	submitted_at DATETIME, 
	PRIMARY KEY ("key"), 
	CONSTRAINT uq_issues_number UNIQUE (newsletter, number)
);
INSERT INTO "issues" VALUES('magazine/2023-04-05','magazine','2023-04-05',738615,'submitting','a','f93e14ef321b3e7bad77333ba115efc20c1cc28931dffa7492b36700cc2dc40f','f93e14ef321b3e7bad77333ba115efc20c1cc28931dffa7492b36700cc2dc40f','2023-04-05 00:00:00.000000',NULL);
CREATE TABLE ledger (
	id INTEGER NOT NULL, 
	install_id VARCHAR(32) NOT NULL, 
	epoch BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "ledger" VALUES(1,'498da19d1c581bea2d63890268621326',3);
CREATE TABLE quarantine (
	print VARCHAR(64) NOT NULL, 
	at BIGINT NOT NULL, 
	why VARCHAR(80) NOT NULL, 
	event TEXT NOT NULL, 
	PRIMARY KEY (print)
);
CREATE TABLE recipients (
	delivery_id INTEGER NOT NULL, 
	subscriber_id INTEGER NOT NULL, 
	variant INTEGER NOT NULL, 
	mailbox_key BIGINT NOT NULL, 
	PRIMARY KEY (delivery_id, subscriber_id), 
	CONSTRAINT uq_recipients_mailbox UNIQUE (delivery_id, mailbox_key), 
	FOREIGN KEY(delivery_id) REFERENCES deliveries (id)
)
 WITHOUT ROWID

;
INSERT INTO "recipients" VALUES(1,1,0,8378344038113873412);
INSERT INTO "recipients" VALUES(1,2,0,-7552054956062531845);
INSERT INTO "recipients" VALUES(1,3,0,-9067882072515523233);
INSERT INTO "recipients" VALUES(1,4,0,8009726674157959564);
INSERT INTO "recipients" VALUES(1,5,0,4497573795591266243);
INSERT INTO "recipients" VALUES(1,6,0,5824813888625823644);
INSERT INTO "recipients" VALUES(1,7,0,7167061263351844235);
INSERT INTO "recipients" VALUES(1,8,0,-7940539290653333163);
INSERT INTO "recipients" VALUES(1,9,0,2750506930127729838);
INSERT INTO "recipients" VALUES(1,10,1,-8669235984332091940);
INSERT INTO "recipients" VALUES(1,11,0,-5756614783700314613);
INSERT INTO "recipients" VALUES(1,12,0,9053061317330823892);
INSERT INTO "recipients" VALUES(1,13,0,7807362685722689530);
INSERT INTO "recipients" VALUES(1,14,0,-7271644177350270788);
INSERT INTO "recipients" VALUES(1,15,0,9182248532954063053);
INSERT INTO "recipients" VALUES(1,16,0,-2255157455053354916);
INSERT INTO "recipients" VALUES(1,17,0,1784649300041090452);
INSERT INTO "recipients" VALUES(1,18,0,-1600888617994553497);
INSERT INTO "recipients" VALUES(1,19,0,6127652929297835551);
INSERT INTO "recipients" VALUES(1,20,1,2342705985560477868);
INSERT INTO "recipients" VALUES(1,21,0,-6140413954368372224);
INSERT INTO "recipients" VALUES(1,22,0,-7434387598518799686);
INSERT INTO "recipients" VALUES(1,23,0,-3858598212010204984);
INSERT INTO "recipients" VALUES(1,24,0,6357753739824325844);
INSERT INTO "recipients" VALUES(1,25,0,7570257221124455275);
INSERT INTO "recipients" VALUES(1,26,0,-1511421345855280490);
INSERT INTO "recipients" VALUES(1,27,0,2246829019535578083);
INSERT INTO "recipients" VALUES(1,28,0,-1354599788037501119);
INSERT INTO "recipients" VALUES(1,29,0,492121793476158899);
INSERT INTO "recipients" VALUES(1,30,1,3468671033882291635);
INSERT INTO "recipients" VALUES(1,31,0,-5742710785338009878);
INSERT INTO "recipients" VALUES(1,32,0,3637139367328959084);
INSERT INTO "recipients" VALUES(1,33,0,7044644509516641195);
INSERT INTO "recipients" VALUES(1,34,0,-1072600996588646428);
INSERT INTO "recipients" VALUES(1,35,0,-7855240146004673115);
INSERT INTO "recipients" VALUES(1,36,0,9131561029270028359);
INSERT INTO "recipients" VALUES(1,37,0,-1327034031154611846);
INSERT INTO "recipients" VALUES(1,38,0,7395903557216874248);
INSERT INTO "recipients" VALUES(1,39,0,425382424055304554);
INSERT INTO "recipients" VALUES(1,40,1,7605822648225268840);
CREATE TABLE subscribers (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	address TEXT NOT NULL, 
	deliverable TEXT NOT NULL, 
	mailbox TEXT NOT NULL, 
	mailbox_key BIGINT NOT NULL, 
	created_at BIGINT NOT NULL, 
	UNIQUE (mailbox), 
	UNIQUE (mailbox_key)
);
INSERT INTO "subscribers" VALUES(1,'p1@example.com','p1@example.com','p1@example.com',8378344038113873412,0);
INSERT INTO "subscribers" VALUES(2,'p2@example.com','p2@example.com','p2@example.com',-7552054956062531845,0);
INSERT INTO "subscribers" VALUES(3,'p3@example.com','p3@example.com','p3@example.com',-9067882072515523233,0);
INSERT INTO "subscribers" VALUES(4,'p4@example.com','p4@example.com','p4@example.com',8009726674157959564,0);
INSERT INTO "subscribers" VALUES(5,'p5@example.com','p5@example.com','p5@example.com',4497573795591266243,0);
INSERT INTO "subscribers" VALUES(6,'p6@example.com','p6@example.com','p6@example.com',5824813888625823644,0);
INSERT INTO "subscribers" VALUES(7,'p7@example.com','p7@example.com','p7@example.com',7167061263351844235,0);
INSERT INTO "subscribers" VALUES(8,'p8@example.com','p8@example.com','p8@example.com',-7940539290653333163,0);
INSERT INTO "subscribers" VALUES(9,'p9@example.com','p9@example.com','p9@example.com',2750506930127729838,0);
INSERT INTO "subscribers" VALUES(10,'p10@example.com','p10@example.com','p10@example.com',-8669235984332091940,0);
INSERT INTO "subscribers" VALUES(11,'p11@example.com','p11@example.com','p11@example.com',-5756614783700314613,0);
INSERT INTO "subscribers" VALUES(12,'p12@example.com','p12@example.com','p12@example.com',9053061317330823892,0);
INSERT INTO "subscribers" VALUES(13,'p13@example.com','p13@example.com','p13@example.com',7807362685722689530,0);
INSERT INTO "subscribers" VALUES(14,'p14@example.com','p14@example.com','p14@example.com',-7271644177350270788,0);
INSERT INTO "subscribers" VALUES(15,'p15@example.com','p15@example.com','p15@example.com',9182248532954063053,0);
INSERT INTO "subscribers" VALUES(16,'p16@example.com','p16@example.com','p16@example.com',-2255157455053354916,0);
INSERT INTO "subscribers" VALUES(17,'p17@example.com','p17@example.com','p17@example.com',1784649300041090452,0);
INSERT INTO "subscribers" VALUES(18,'p18@example.com','p18@example.com','p18@example.com',-1600888617994553497,0);
INSERT INTO "subscribers" VALUES(19,'p19@example.com','p19@example.com','p19@example.com',6127652929297835551,0);
INSERT INTO "subscribers" VALUES(20,'p20@example.com','p20@example.com','p20@example.com',2342705985560477868,0);
INSERT INTO "subscribers" VALUES(21,'p21@example.com','p21@example.com','p21@example.com',-6140413954368372224,0);
INSERT INTO "subscribers" VALUES(22,'p22@example.com','p22@example.com','p22@example.com',-7434387598518799686,0);
INSERT INTO "subscribers" VALUES(23,'p23@example.com','p23@example.com','p23@example.com',-3858598212010204984,0);
INSERT INTO "subscribers" VALUES(24,'p24@example.com','p24@example.com','p24@example.com',6357753739824325844,0);
INSERT INTO "subscribers" VALUES(25,'p25@example.com','p25@example.com','p25@example.com',7570257221124455275,0);
INSERT INTO "subscribers" VALUES(26,'p26@example.com','p26@example.com','p26@example.com',-1511421345855280490,0);
INSERT INTO "subscribers" VALUES(27,'p27@example.com','p27@example.com','p27@example.com',2246829019535578083,0);
INSERT INTO "subscribers" VALUES(28,'p28@example.com','p28@example.com','p28@example.com',-1354599788037501119,0);
INSERT INTO "subscribers" VALUES(29,'p29@example.com','p29@example.com','p29@example.com',492121793476158899,0);
INSERT INTO "subscribers" VALUES(30,'p30@example.com','p30@example.com','p30@example.com',3468671033882291635,0);
INSERT INTO "subscribers" VALUES(31,'p31@example.com','p31@example.com','p31@example.com',-5742710785338009878,0);
INSERT INTO "subscribers" VALUES(32,'p32@example.com','p32@example.com','p32@example.com',3637139367328959084,0);
INSERT INTO "subscribers" VALUES(33,'p33@example.com','p33@example.com','p33@example.com',7044644509516641195,0);
INSERT INTO "subscribers" VALUES(34,'p34@example.com','p34@example.com','p34@example.com',-1072600996588646428,0);
INSERT INTO "subscribers" VALUES(35,'p35@example.com','p35@example.com','p35@example.com',-7855240146004673115,0);
INSERT INTO "subscribers" VALUES(36,'p36@example.com','p36@example.com','p36@example.com',9131561029270028359,0);
INSERT INTO "subscribers" VALUES(37,'p37@example.com','p37@example.com','p37@example.com',-1327034031154611846,0);
INSERT INTO "subscribers" VALUES(38,'p38@example.com','p38@example.com','p38@example.com',7395903557216874248,0);
INSERT INTO "subscribers" VALUES(39,'p39@example.com','p39@example.com','p39@example.com',425382424055304554,0);
INSERT INTO "subscribers" VALUES(40,'p40@example.com','p40@example.com','p40@example.com',7605822648225268840,0);
CREATE TABLE subscriptions (
	newsletter VARCHAR(40) NOT NULL, 
	subscriber_id INTEGER NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	topics TEXT NOT NULL, 
	language VARCHAR(5) NOT NULL, 
	since BIGINT NOT NULL, 
	PRIMARY KEY (newsletter, subscriber_id), 
	FOREIGN KEY(subscriber_id) REFERENCES subscribers (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "subscriptions" VALUES('magazine',1,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',2,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',3,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',4,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',5,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',6,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',7,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',8,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',9,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',10,'confirmed','grant','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',11,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',12,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',13,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',14,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',15,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',16,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',17,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',18,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',19,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',20,'confirmed','grant','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',21,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',22,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',23,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',24,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',25,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',26,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',27,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',28,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',29,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',30,'confirmed','grant','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',31,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',32,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',33,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',34,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',35,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',36,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',37,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',38,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',39,'confirmed','','ja',0);
INSERT INTO "subscriptions" VALUES('magazine',40,'confirmed','grant','ja',0);
CREATE TABLE suppressions (
	mailbox_key BIGINT NOT NULL, 
	newsletter VARCHAR(40) NOT NULL, 
	reason VARCHAR(20) NOT NULL, 
	at BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	PRIMARY KEY (mailbox_key, newsletter, reason)
)
 WITHOUT ROWID

;
CREATE TABLE variants (
	delivery_id INTEGER NOT NULL, 
	variant INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	PRIMARY KEY (delivery_id, variant), 
	FOREIGN KEY(delivery_id) REFERENCES deliveries (id)
);
INSERT INTO "variants" VALUES(1,0,'all');
INSERT INTO "variants" VALUES(1,1,'grant');
CREATE INDEX ix_issues_state ON issues (state, submit_at);
CREATE INDEX ix_issue_steps_issue ON issue_steps (issue);
CREATE INDEX ix_consents_mailbox ON consents (mailbox_key);
CREATE INDEX ix_chunks_state ON chunks (delivery_id, state, not_before);
CREATE INDEX ix_facts_subscriber ON facts (subscriber_id, kind);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('subscribers',40);
COMMIT;
