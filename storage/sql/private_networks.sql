-- Failures at the door are counted by network (storage/networks.py), and by name whatever its case. Ends in ;;

alter table logins add column network text not null default ''
;;
drop index logins_by_address
;;
drop index logins_by_name
;;
create index logins_by_network on logins (network, at)
;;
create index logins_by_name on logins (name collate nocase, at)
