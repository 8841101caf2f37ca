#!/usr/bin/perl
# judge.pl DIR LOG...: does what clients were told and
# jobs wrote down (history.sh says how) agree with what the server says at last?
#
# Each line printed is one violation; the exit status is 0 when there is none.
use strict;
use warnings;

my $dir = shift or die "usage: judge.pl DIR LOG...\n";
my @logs = @ARGV;
my $bad = 0;

sub violated { print "@_\n"; $bad++ }

sub lines {
    my ($file) = @_;
    open my $in, '<', "$dir/$file" or return;
    my @all = map { chomp; [split ' '] } grep { /\S/ } <$in>;
    return @all;
}

sub set { my %set = map { $_->[0] => 1 } lines($_[0]); return \%set }

# ---- what the server says

my (%final, $id);
open my $in, '<', "$dir/final" or die "$dir/final: $!\n";
while (<$in>) {
    if (/^Job Id: (\S+)/) {
        $id = $1;
        violated("$id is listed twice") if $final{$id};
        $final{$id} = {};
    } elsif (/^ {4}(\S+) = (.*)/) {
        $final{$id}{$1} = $2;
    }
}
close $in;

# ---- what ran

my (%starts, %ends);
for (lines('starts')) {
    my ($job, $run) = @$_;
    violated("$job run $run was started twice") if $starts{$job}{$run}++;
}
for (lines('ends')) {
    my ($job, $run) = @$_;
    violated("$job run $run ended but never started") if !$starts{$job}{$run};
    $ends{$job}{$run}++;
}

# ---- what clients were told

my ($tried, $deleted, $freed, $lost) = map { set($_) } qw(tried deleted freed lost);
my $unknown = () = lines('unknown');
my (%acked, $orphans);

sub check_end {
    my ($job, $ack) = @_;
    my (undef, $kind, $code, $rerun) = @$ack;
    my $row = $final{$job};
    my $parent = $job =~ s/\[\d+\]/[]/r;
    my $aimed = $tried->{$job} || $tried->{$parent};
    my $runs = keys %{$starts{$job} || {}};
    my ($status, $reason) = ($row->{exit_status} // 'none', $row->{exit_reason} // 'none');

    violated("$job ($kind) started $runs times, rerunnable=$rerun")
        if $runs > 1 && !($rerun eq 'y' && $lost->{$job});
    if ($row->{job_state} eq 'H') {
        violated("$job is held, but was started") if $runs;
        violated("$job is held, but its deletion was acknowledged") if $deleted->{$job};
        violated("$job is held, but it was released") if $freed->{$job} || $kind !~ /^held/;
        return;
    }
    if ($row->{job_state} ne 'C') {
        violated("$job ($kind) has not ended: $row->{job_state}");
    } elsif ($reason eq 'exited') {
        violated("$job ($kind) exited $status, should have $code") if $status ne $code;
        violated("$job ($kind) exited, but no run of it wrote so") if !$ends{$job};
    } elsif ($reason eq 'deleted') {
        violated("$job ($kind) is deleted, and nobody asked for it") if !$aimed;
        violated("$job ($kind) ran, was deleted and has status 0") if $runs && $status eq '0';
    } elsif ($reason eq 'shepherd_lost') {
        violated("$job ($kind) lost its shepherd, and nobody killed that") if !$lost->{$job};
        violated("$job is rerunnable and was not run again") if $rerun eq 'y';
        violated("$job lost its shepherd and has status $status") if $status !~ /^-/;
    } else {
        violated("$job ($kind) ended: $reason, status $status");
    }
    violated("$job ($kind) was to be deleted before it ran, and ran")
        if $kind eq q(heldel) && $deleted->{$job} && $runs;
    violated("$job ($kind) is held and ran") if $kind eq 'held' && $runs;
    violated("$job ($kind) wrote that it ended, and is: $reason $status")
        if $ends{$job} && $reason ne 'exited' && !$aimed && !$lost->{$job};
}

for my $ack (lines('acked')) {
    my ($job, $kind) = @$ack;
    violated("$job was given out twice") if $acked{$job}++;
    if (!$final{$job}) {
        violated("$job ($kind) was acknowledged and is gone");
    } elsif ($kind eq 'array') {
        violated("$job is $final{$job}{job_state}") if $final{$job}{job_state} ne 'C';
        for my $index (1 .. 3) {
            my $member = $job =~ s/\[\]/[$index]/r;
            $acked{$member}++;
            if ($final{$member}) { check_end($member, $ack) }
            else { violated("$member is gone") }
        }
    } else {
        check_end($job, $ack);
    }
}
for my $job (keys %final) {
    next if $acked{$job};
    my $runs = keys %{$starts{$job} || {}};
    $orphans++ if $job !~ /\[\d+\]/;
    violated("$job, never acknowledged, is $final{$job}{job_state}")
        if $final{$job}{job_state} !~ /^[CH]$/;
    violated("$job, never acknowledged, was started $runs times")
        if $runs > 1 && !$lost->{$job};
}
$orphans //= 0;
violated("$orphans jobs that nobody was told of, $unknown submissions in doubt")
    if $orphans > $unknown;
for my $job (keys %starts) {
    violated("$job ran, and the server does not know it") if !$final{$job};
}

# ---- what they wrote: once a run, wherever the output had to go

my %out;
for my $file (glob("$dir/out/* $dir/late.*/*")) {
    open my $output, "<", $file or next;
    while (<$output>) { $out{$1}++ if /^out of (\S+)/ }
}
for my $job (keys %ends) {
    my $parent = $job =~ s/\[\d+\]/[]/r;
    next if $lost->{$job} || $tried->{$job} || $tried->{$parent};
    my $count = $out{$job} // 0;
    violated("$job wrote its line once and its output has it $count times") if $count != 1;
}

# ---- the events: numbers go up, over all starts of the daemon

for my $log (@logs) {
    my $last = 0;
    open my $events, '<', $log or next;
    while (<$events>) {
        next if !/ seq=(\d+) /;
        violated("event $1 follows event $last") if $1 <= $last;
        $last = $1;
    }
}
my ($count, $ran) = (scalar(keys %acked), scalar(keys %starts));
print STDERR "$count acknowledged, $orphans in doubt and made, $ran ran\n";
exit($bad ? 1 : 0);
