#!/usr/bin/perl
# strangers.pl WHERE HOW [N] [FILE...]: a client that does not behave.  WHERE is a
# socket's path or ADDRESS:PORT; FILEs are calls of tests/fuzz/corpus/requests, the
# procedure's number and its arguments.
#
#   garbage    N connections of random bytes
#   half       N connections with the beginning of a record, kept open
#   drip       N connections, a byte at a time, kept open
#   unread     N calls on one connection whose answers are never read
#   idle       N connections, kept open; prints how many it got
#   oversize   a record said to be of 2 GiB, one of endless fragments, a long one
#   calls      each FILE as a call, then each cut short at every length, then damaged
#   replay     each FILE as a call, the same bytes twice on one connection
#   flavours   each FILE with other credentials; prints each answer's status words
#
# Modes that keep open print `ready` and end when standard input does.
use strict;
use warnings;
use Errno qw(EMFILE ENFILE);
use Socket;

my ($where, $how, $n, @files) = @ARGV;
$n //= 1;
$| = 1;
$SIG{PIPE} = 'IGNORE';
srand(4711);
use constant PROGRAM => 0x204e5153;

sub dial {
    my ($s, $ok);
    if ($where =~ m{^/}) {
        socket($s, PF_UNIX, SOCK_STREAM, 0) or return;
        $ok = connect($s, pack_sockaddr_un($where));
    } else {
        my ($host, $port) = $where =~ /(.*):(\d+)$/ or die "where?\n";
        socket($s, PF_INET, SOCK_STREAM, 0) or return;
        $ok = connect($s, pack_sockaddr_in($port, inet_aton($host)));
    }
    return $ok ? $s : undef;
}

# All of it, or what the other end takes.
sub give {
    my ($s, $bytes) = @_;
    my $at = 0;
    while ($at < length $bytes) {
        my $done = syswrite($s, $bytes, length($bytes) - $at, $at) or return 0;
        $at += $done;
    }
    return 1;
}

# The answer's record, or undef when the connection was closed first.
sub take {
    my ($s, $length) = (@_, undef);
    my $get = sub {
        my ($want, $all) = ($_[0], '');
        while (length $all < $want) {
            my $in = '';
            vec($in, fileno $s, 1) = 1;
            select($in, undef, undef, 10) or die "no answer within 10 s\n";
            sysread($s, $all, $want - length $all, length $all) or return;
        }
        return $all;
    };
    my $head = $get->(4) // return;
    return $get->(unpack('N', $head) & 0x7fffffff);
}

sub mark { return pack('N', 0x80000000 | length $_[0]) . $_[0] }

sub call {
    my ($bytes, %with) = @_;
    my ($procedure, $args) = unpack 'Na*', $bytes;
    my $cred = $with{cred} // pack('NN', 0, 0);
    return pack('N6', $with{xid} // int(rand(2**31)), 0, 2, PROGRAM, 1, $procedure) . $cred . pack('NN', 0, 0) . $args;
}

sub slurp { open my $in, '<:raw', $_[0] or die "$_[0]: $!\n"; local $/; return <$in> }

sub stay { print "ready\n"; 1 while <STDIN> }

sub noise { return join '', map { chr int rand 256 } 1 .. $_[0] }

my %modes = (
    garbage => sub {
        for (1 .. $n) { my $s = dial() or next; give($s, noise(1 + int rand 4000)) }
    },
    half => sub {
        my @all = grep { defined } map { dial() } 1 .. $n;
        give($_, pack('N', 0x80000100) . noise(int rand 200)) for @all;
        stay();
    },
    drip => sub {
        my @all = grep { defined } map { dial() } 1 .. $n;
        print "ready\n";
        my $record = mark(call(pack 'N', 0)) x 100;
        for my $at (0 .. length($record) - 1) {
            my $in = '';
            vec($in, 0, 1) = 1;
            last if select($in, undef, undef, 0.2);
            give($_, substr $record, $at, 1) for @all;
        }
        1 while <STDIN>;
    },
    unread => sub {
        my $s = dial() or die "cannot connect\n";
        my $flags = '';
        my $record = mark(call($files[0] ? slurp($files[0]) : pack('N', 0)));
        require Fcntl;
        fcntl($s, Fcntl::F_SETFL(), Fcntl::O_NONBLOCK());
        my ($done, $stuck) = (0, 0);
        while ($done < $n && $stuck < 20) {
            if (defined syswrite($s, $record)) { $done++; $stuck = 0; next }
            my $out = '';
            vec($out, fileno $s, 1) = 1;
            $stuck++ if !select(undef, $out, undef, 0.05);
        }
        print "gave $done\n";
        stay();
    },
    idle => sub {
        my @all;
        while (@all < $n) { my $s = dial() or last; push @all, $s }
        print scalar(@all), "\n";
        stay();
    },
    oversize => sub {
        for my $head (0xffffffff, 0x7fffffff, 0x80200000, 0x7f000000) {
            my $s = dial() or next;
            give($s, pack('N', $head) . noise(70000));
        }
        my $s = dial() or return;
        give($s, pack('N', 0) x 100000);
        $s = dial() or return;
        for (1 .. 3000) { give($s, pack('N', 1000) . noise(1000)) or last }
    },
    calls => sub {
        for my $file (@files) {
            my $record = call(slurp($file));
            my @variants = map { substr $record, 0, $_ } 0 .. (length $record < 400 ? length $record : 400);
            for (1 .. $n) {
                my $other = $record;
                substr($other, int rand length $other, 1) = chr int rand 256 for 1 .. 1 + int rand 4;
                push @variants, $other;
            }
            my $s = dial();
            for my $variant (@variants) {
                $s = dial() if !$s || !give($s, mark($variant));
            }
        }
    },
    replay => sub {
        for my $file (@files) {
            my $s = dial() or die "cannot connect\n";
            my $record = mark(call(slurp($file), xid => 77));
            my @answers = map { give($s, $record); take($s) } 1, 2;
            printf "%s %s %s\n", $file =~ s{.*/}{}r, map { defined $_ ? length $_ : 'closed' } @answers;
        }
    },
    flavours => sub {
        my $sys = pack('NN a12 N*', 0, 9, 'localhost', 0, 0, 1, 0);
        my %creds = (
            none => pack('NN', 0, 0),
            sys_root => pack('NN', 1, length $sys) . $sys,
            short => pack('NNN', 2, 4, 0),
            gss => pack('NN', 6, 20) . noise(20),
            other => pack('NN', 0x20000001, 32) . noise(32),
        );
        for my $file (@files) {
            for my $name (sort keys %creds) {
                my $s = dial() or die "cannot connect\n";
                give($s, mark(call(slurp($file), cred => $creds{$name})));
                my $answer = take($s);
                # xid, REPLY, then: 1 denied, and why; 0 accepted, verifier, and how
                my @words = defined $answer ? unpack 'N*', substr($answer, 0, 40) : ();
                printf "%s %s %s\n", $file =~ s{.*/}{}r, $name,
                    !@words ? 'closed' : $words[2] ? "denied:$words[3]" : "accepted:$words[5]" . (defined $words[6] ? ":$words[6]" : '');
            }
        }
    },
);
($modes{$how} // die "how?\n")->();
