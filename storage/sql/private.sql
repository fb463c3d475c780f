-- What is nobody else's business: who may use the desk, their sessions and logins, and how to reach who sent a story.
-- A database of its own (private.db), so that a copy of the stories, a query and the publisher never see it.
-- Tokens and sessions are kept as hashes of what the browser has. logins is appended, never changed. Ends in ;;
-- users.folded is the name as it is compared: case and compatible forms of a letter make no second person of one.

create table users (
    number integer primary key,
    name text not null,
    folded text not null unique,
    role text not null check (role in ('operator', 'editor', 'reader')),
    password text,
    zone text,
    made_at text not null,
    made_by text not null,
    ended_at text
) strict
;;
create table tokens (
    hash text primary key,
    user integer references users,
    purpose text not null check (purpose in ('first', 'password', 'enter')),
    made_at text not null,
    expires_at text not null,
    used_at text
) strict, without rowid
;;
create table sessions (
    number integer primary key,
    hash text not null unique,
    user integer not null references users,
    made_at text not null,
    seen_at text not null,
    address text not null,
    agent text not null,
    ended_at text
) strict
;;
create index sessions_by_user on sessions (user)
;;
create table logins (
    number integer primary key,
    at text not null,
    outcome text not null,
    name text not null,
    address text not null,
    agent text not null,
    who text not null default '',
    note text not null default ''
) strict
;;
create index logins_by_name on logins (name, at)
;;
create index logins_by_address on logins (address, at)
;;
create trigger logins_are_never_changed before update on logins begin
    select raise(abort, 'logins are appended, never changed');
end
;;
create trigger logins_are_never_deleted before delete on logins begin
    select raise(abort, 'logins are appended, never deleted');
end
;;
create table contacts (
    submission integer primary key,
    name text not null default '',
    mail text not null default '',
    consent text not null,
    at text not null
) strict
;;
create table arrivals (
    number integer primary key,
    who text not null,
    at text not null
) strict
;;
create index arrivals_by_sender on arrivals (who, at)
;;
create index arrivals_by_time on arrivals (at)
;;
create table secrets (
    name text primary key,
    value text not null
) strict, without rowid
