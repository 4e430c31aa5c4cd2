#!/bin/sh
# A sample network on this machine, watched for five days in seconds: tests/demo.sh BUILD_DIR
#
# Local servers play the lists and the network's own DNS; nothing leaves the machine, and no port
# or folder of the system is used. The folder with everything in it is kept.
set -eu
PATH=$PATH:/usr/sbin:/sbin

fail() {
	echo "demo.sh: $1" >&2
	exit 1
}

here=$(cd "$(dirname "$0")" && pwd)
repwatch=$(cd "${1:?usage: tests/demo.sh BUILD_DIR}" && pwd)/repwatch
[ -x "$repwatch" ] || fail "'$repwatch' is not built"
for program in rbldnsd unbound dig python3; do
	command -v $program >/dev/null || fail "$program is not installed"
done

dir=$(mktemp -d "${TMPDIR:-/tmp}/repwatch-demo.XXXXXX")
chmod 755 "$dir" # rbldnsd gives up root's rights before it reads its zones
mkdir "$dir/zones" "$dir/mailbox"
rbldnsd_pid=
unbound_pid=
mailbox_pid=
# shellcheck disable=SC2086 # none or one each
trap 'kill $rbldnsd_pid $unbound_pid $mailbox_pid 2>/dev/null || :' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- telling ---
say() {
	printf '\n%s\n' "$*" | fold -s -w 78 | sed 's, *$,,'
}

# show ARGUMENT...: the command as one would type it, its output, and what its end means.
show() {
	printf '\n$ repwatch %s\n' "$*"
	status=0
	at "$day" "$repwatch" --config "$dir/repwatch.conf" "$@" || status=$?
	case $status in
	0) ;;
	1) echo "[exit status 1: something wrong was found]" ;;
	3) echo "[exit status 3: something could not be learned]" ;;
	*) fail "repwatch ended with status $status" ;;
	esac
}

# letters: what came by mail since the last time.
letters() {
	python3 "$here/demo_mailbox.py" read "$dir/mailbox"
}

# --- the clock ---
faketime=
for library in /usr/lib/*/faketime/libfaketime.so.1 /usr/lib/faketime/libfaketime.so.1; do
	[ -e "$library" ] && faketime=$library
done
day=-4d

# at DAYS COMMAND...: as if it were DAYS ago. Timeouts and files keep the real time.
at() {
	offset=$1
	shift
	if [ -n "$faketime" ]; then
		env LD_PRELOAD="$faketime" FAKETIME="$offset" FAKETIME_DONT_FAKE_MONOTONIC=1 \
			NO_FAKE_STAT=1 "$@"
	else
		"$@"
	fi
}

# --- mail ---
now=$(date +%s)
logged=-1680

# mail UNTIL WORD...: the lines of the log up to so many hours from now; see demo_maillog.py.
mail() {
	until=$1
	shift
	[ -n "$faketime" ] || until=0
	python3 "$here/demo_maillog.py" "$now" "$logged" "$until" "$@"
	logged=$until
}

# --- servers ---
# listen NAME QUESTION ANSWER: starts serve_NAME at a free port and waits until it gives the
# answer; sets port and pid.
port=$((20000 + $$ * 13 % 12000))
listen() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		port=$((port + 1))
		"serve_$1" "$port" >>"$dir/$1.log" 2>&1 &
		pid=$!
		if answers "$pid" "$port" "$2" "$3"; then
			return
		fi
	done
	cat "$dir/$1.log" >&2
	fail "$1 does not start"
}

ask() {
	dig @127.0.0.1 -p "$1" +short +tries=1 +time=1 "$2" "${3:-A}" 2>/dev/null
}

# until_is PORT NAME ANSWER: asks until the answer is ANSWER, ten seconds at most.
until_is() {
	limit=200
	while [ "$(ask "$1" "$2")" != "$3" ]; do
		limit=$((limit - 1))
		[ $limit -gt 0 ] || fail "'$2' is not '$3'"
		sleep 0.05
	done
}

# answers PID PORT QUESTION ANSWER: whether the process lives until it gives the answer.
answers() {
	while kill -0 "$1" 2>/dev/null; do
		[ "$(ask "$2" "$3")" = "$4" ] && return 0
		sleep 0.05
	done
	return 1
}

serve_rbldnsd() {
	user=
	[ "$(id -u)" -ne 0 ] || user="-u nobody"
	# shellcheck disable=SC2086 # none or two words
	exec rbldnsd -n $user -w "$dir/zones" -c 0 -t 1 -b "127.0.0.1/$1" \
		bl.demo.test:ip4set:bl4 bl.demo.test:ip6trie:bl6 traps.demo.test:ip4trie:traps \
		dynamic.demo.test:ip4set:dynamic trusted.demo.test:ip4set:trusted \
		closed.demo.test:acl:closed closed.demo.test:ip4set:trusted
}

serve_unbound() {
	sed "s/@PORT@/$1/" "$dir/unbound.conf.in" >"$dir/unbound.conf"
	exec unbound -d -c "$dir/unbound.conf"
}

# zone FILE: its text from standard input. rbldnsd reads it again when the file's time differs.
stamp=1000000000
zone() {
	stamp=$((stamp + 60))
	{
		# shellcheck disable=SC2016 # $SOA is rbldnsd's
		printf '$SOA 1 ns.demo.test. hostmaster.demo.test. %d 600 300 86400 1\n' $stamp
		cat
	} >"$dir/zones/$1.new"
	touch -d "@$stamp" "$dir/zones/$1.new"
	mv "$dir/zones/$1.new" "$dir/zones/$1"
}

# reload NAME ANSWER: until the lists give the new answer, here and through the resolver.
reload() {
	kill -HUP "$rbldnsd_pid"
	until_is "$rbldnsd_port" "$1" "$2"
	until_is "$unbound_port" "$1" "$2"
}

# --- the lists as they are at first ---
bl4() {
	zone bl4 <<-END
		:127.0.0.2:Sent spam, see https://bl.demo.test/why?ip=\$
		127.0.0.2
		$*
	END
}
traps() {
	zone traps <<-END
		:127.0.0.3:Mail to an address nobody gave out; last seen today
		127.0.0.2/32
		$*
	END
}
bl4
traps
zone bl6 <<-'END'
	:127.0.0.2:Sent spam, see https://bl.demo.test/why?ip=$
	::ffff:7f00:2
END
zone dynamic <<-'END'
	:127.0.0.10:Addresses given to customers for a while
	127.0.0.2
	203.0.113.70
END
zone trusted <<-'END'
	:127.0.5.2:
	127.0.0.2
	192.0.2.10
END
zone closed <<-'END'
	0.0.0.0/0 :127.255.255.254:Error: open resolver
END

# --- the resolver, with the network's own names ---
{
	cat <<-END
		server:
		    interface: 127.0.0.1
		    port: @PORT@
		    directory: "$dir"
		    pidfile: ""
		    chroot: ""
		    username: ""
		    use-syslog: no
		    do-ip6: no
		    so-reuseport: no
		    num-threads: 1
		    module-config: "iterator"
		    do-not-query-localhost: no
		    qname-minimisation: no
		    cache-max-ttl: 0
		    cache-max-negative-ttl: 0
		    local-zone: "test." nodefault
		    local-zone: "2.0.192.in-addr.arpa." static
		    local-zone: "113.0.203.in-addr.arpa." static
		    local-zone: "8.b.d.0.1.0.0.2.ip6.arpa." static
		    local-zone: "example.jp." static
		    local-data: "mail1.example.jp. A 192.0.2.10"
		    local-data: "mail1.example.jp. AAAA 2001:db8::10"
		    local-data: "mail2.example.jp. A 192.0.2.99"
		    local-data-ptr: "192.0.2.10 mail1.example.jp"
		    local-data-ptr: "192.0.2.11 mail2.example.jp"
		    local-data-ptr: "2001:db8::10 mail1.example.jp"
	END
	# Customers' domains, each with what it says about who may send for it.
	customer() {
		cat <<-RECORDS
			    local-data: "$1.example. MX 10 mail1.example.jp."
			    local-data: '$1.example. TXT "$2"'
			    local-data: '_dmarc.$1.example. TXT "v=DMARC1; p=none"'
			    local-data: 'mail._domainkey.$1.example. TXT "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="'
		RECORDS
	}
	allowed="v=spf1 include:_spf.example.jp -all"
	cat <<-END
		    local-zone: "example." static
		    local-data: '_spf.example.jp. TXT "v=spf1 ip4:192.0.2.10 ip4:192.0.2.11 ip6:2001:db8::10 ~all"'
	END
	customer hanako "$allowed"
	customer club "$allowed"
	customer shop "v=spf1 ip4:192.0.2.10 -all"
	number=1
	while [ $number -lt 40 ]; do
		customer customer$number "$allowed"
		number=$((number + 1))
	done
	for last in 64 65 66 67 68 69 70 71; do
		cat <<-END
			    local-data: "out$last.example.jp. A 203.0.113.$last"
			    local-data-ptr: "203.0.113.$last out$last.example.jp"
		END
	done
	cat <<-END
		remote-control:
		    control-enable: no
		stub-zone:
		    name: "demo.test"
		    stub-addr: 127.0.0.1@@LISTS@
	END
} >"$dir/unbound.conf.in"

# mailbox: starts the mail server and waits until it has written its port.
mailbox() {
	python3 "$here/demo_mailbox.py" serve "$dir/mailbox" >>"$dir/mailbox.log" 2>&1 &
	mailbox_pid=$!
	limit=200
	while [ ! -e "$dir/mailbox/port" ]; do
		limit=$((limit - 1))
		[ $limit -gt 0 ] || fail "the mail server does not start: see $dir/mailbox.log"
		sleep 0.05
	done
}

say "Starting a DNS server with five sample lists, a resolver that also knows the sample" \
	"network's own names, and a mail server for what people are told. Everything is in $dir."
mailbox
listen rbldnsd 2.0.0.127.bl.demo.test 127.0.0.2
rbldnsd_pid=$pid
rbldnsd_port=$port
sed -i "s/@LISTS@/$rbldnsd_port/" "$dir/unbound.conf.in"
listen unbound mail1.example.jp 192.0.2.10
unbound_pid=$pid
unbound_port=$port

# --- what an operator writes ---
cat >"$dir/lists.conf" <<-'END'
	catalogue = (
	  { zone = "bl.demo.test"; name = "Demo BL"; operator = "demo";
	    covers = ["ip4", "ip6"]; kind = "block"; severity = "critical";
	    codes = ( { code = "127.0.0.2"; means = "source of spam"; } ); every = "1h";
	    lookup_url = "https://bl.demo.test/why?ip={address}"; removal = "self-service";
	    removal_by = "self-service"; removal_url = "https://bl.demo.test/remove"; },
	  { zone = "traps.demo.test"; name = "Demo traps"; operator = "demo";
	    covers = ["ip4"]; kind = "block"; severity = "major";
	    codes = ( { code = "127.0.0.3"; means = "hit a spam trap"; } ); every = "2h";
	    removal = "expires by itself"; removal_by = "expiry"; expires = "7d"; },
	  { zone = "dynamic.demo.test"; name = "Demo dynamic"; operator = "demo";
	    covers = ["ip4"]; kind = "policy"; severity = "info";
	    codes = ( { code = "127.0.0.10"; means = "dynamic range"; } ); every = "12h";
	    removal = "by mail"; },
	  { zone = "trusted.demo.test"; name = "Demo trusted"; operator = "demo";
	    covers = ["ip4"]; kind = "allow"; severity = "info";
	    codes = ( { code = "127.0.*.2"; means = "trust medium"; } );
	    watch_loss = true; every = "6h"; },
	  { zone = "closed.demo.test"; name = "Demo closed"; operator = "demo";
	    covers = ["ip4"]; kind = "block"; severity = "minor";
	    codes = ( { code = "127.0.0.2"; means = "listed"; } );
	    errors = ( { code = "127.255.255.254"; means = "asked through a public resolver"; } );
	    every = "6h"; }
	);
	retired = ( { zone = "old.demo.test"; reason = "listed the whole world on its last day"; } );
END
cat >"$dir/repwatch.conf" <<-END
	state_dir = "$dir/state";
	stale_after = "26h";
	resolver  = { servers = ["127.0.0.1:$unbound_port"]; timeout = "1s"; tries = 2; };
	lists     = { catalogue = "lists.conf"; confirm = 2; breaker = 0.5; };
	addresses = (
	  { address = "192.0.2.10";      name = "mail1"; helo = "mail1.example.jp"; pool = "shared-a"; },
	  { address = "192.0.2.11";      name = "mail2"; helo = "mail2.example.jp"; pool = "shared-a"; },
	  { address = "2001:db8::10";    name = "mail1"; helo = "mail1.example.jp"; pool = "shared-a"; },
	  { address = "203.0.113.64/29"; pool = "shared-b"; }
	);
	replies  = "$here/../etc/replies.conf";
	maillogs = (
	  { path = "$dir/mail.log"; format = "postfix";
	    by_service = (
	      { service = "postfix-out10"; address = "192.0.2.10"; },
	      { service = "postfix-out11"; address = "192.0.2.11"; },
	      { service = "postfix-out6"; address = "2001:db8::10"; }
	    ); }
	);
	alerts = {
	  channels = (
	    { name = "noc"; type = "mail"; to = ["noc@example.jp"]; from = "repwatch@example.jp";
	      url = "smtp://127.0.0.1:$(cat "$dir/mailbox/port")"; },
	    { name = "toban"; type = "mail"; to = ["toban@example.jp"]; from = "repwatch@example.jp";
	      url = "smtp://127.0.0.1:$(cat "$dir/mailbox/port")"; language = "ja"; }
	  );
	};
END

# --- five days ---
[ -n "$faketime" ] || say "libfaketime is not installed, so all of it happens today."
say "Before the first day: the logs that logrotate has kept are counted, so that it is known" \
	"what is usual."
mail -840 | gzip >"$dir/mail.log.2.gz"
mail -97 >"$dir/mail.log.1"
show volume import --quiet "$dir/mail.log.2.gz" "$dir/mail.log.1"
show volume show --days 9 192.0.2.10

say "Day 1. The first pass looks at eleven addresses. mail2 has a reverse name that leads to" \
	"another address, and the list 'closed' refuses to answer this resolver."
mail -96 >"$dir/mail.log"
show run --all
letters

say "Day 2. Somebody has a customer's password and has sent thousands of messages through mail1" \
	"in the last four hours. Gmail has begun to refuse its mail."
day=-3d
mail -72 stolen refused >>"$dir/mail.log"
show run --all
letters

say "An hour later the account is locked, but mail1 is on the list 'bl'. A second question in" \
	"the same pass confirms it."
day=-71h
mail -71 refused >>"$dir/mail.log"
bl4 192.0.2.10
reload 10.2.0.192.bl.demo.test 127.0.0.2
show run --all
letters
show status 192.0.2.10

say "Day 3. The list 'traps' breaks and calls every address listed, as lists do whose domain" \
	"has expired. Its test entries give it away: it is put aside, and nobody is woken."
day=-2d
mail -48 refused >>"$dir/mail.log"
traps 0.0.0.0/0
reload 1.0.0.127.traps.demo.test 127.0.0.3
show run --all
letters
show lists

say "An hour later its operator has mended it. One address of the other pool is really on it."
day=-47h
traps 203.0.113.66/32
reload 1.0.0.127.traps.demo.test ""
show run --all
letters

say "Day 4. mail1 has been taken off 'bl', and Gmail takes its mail again."
day=-1d
mail -24 >>"$dir/mail.log"
bl4
reload 10.2.0.192.bl.demo.test ""
show run --all
letters

say "Day 5. A customer's newsletter goes out, many times what mail1 usually sends; but it does so" \
	"every week, and the pass has nothing new to tell, only what still lasts."
day=-0
mail 0 >>"$dir/mail.log"
show run --all
letters

say "Customers' own records are held against the addresses their mail leaves from. One of them has" \
	"allowed the IPv4 address of mail1 and forgotten the other; what to publish stands below."
show domains --unready

say "What is believed now:"
show status
say "What happened, oldest first:"
show events

say "The same as a web page:"
show report -o "$dir/site"

say "To look at:"
cat <<-END
	  $dir/site/          the web page: open index.html
	  $dir/repwatch.conf  what an operator writes
	  $dir/lists.conf     the five lists
	  $dir/state/         the database and the series
	  $dir/zones/         the lists' own data
	  $dir/mail.log       five days of mail
	  $dir/mailbox/       what people were told, as it came
	  $repwatch --config $dir/repwatch.conf status --verbose 192.0.2.10
END
