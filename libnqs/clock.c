/*
 * clock.c - clocks, dates and durations; see clock.h.
 */
#include "clock.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static nqs_time clock_read(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return t.tv_sec * NQS_SECOND + t.tv_nsec / 1000;
}

struct nqs_now clock_now(void)
{
    return (struct nqs_now){clock_read(CLOCK_REALTIME), clock_read(CLOCK_BOOTTIME)};
}

void clock_text(nqs_time wall, char text[CLOCK_TEXT_MAX])
{
    time_t seconds = wall / NQS_SECOND;
    struct tm parts;

    if (!localtime_r(&seconds, &parts) ||
        !strftime(text, CLOCK_TEXT_MAX, "%a %b %e %H:%M:%S %Y", &parts))
        snprintf(text, CLOCK_TEXT_MAX, "%lld", (long long)seconds);
}

void clock_stamp(nqs_time wall, char text[CLOCK_TEXT_MAX])
{
    time_t seconds = wall / NQS_SECOND;
    struct tm parts;
    char day[CLOCK_TEXT_MAX - 10];

    if (!gmtime_r(&seconds, &parts) || !strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts))
        snprintf(day, sizeof day, "%lld", (long long)seconds);
    snprintf(text, CLOCK_TEXT_MAX, "%.29s.%06dZ", day, (int)(wall % NQS_SECOND));
}

void clock_duration_text(int64_t seconds, char text[CLOCK_TEXT_MAX])
{
    snprintf(text, CLOCK_TEXT_MAX, "%02lld:%02d:%02d", (long long)(seconds / 3600),
             (int)(seconds / 60 % 60), (int)(seconds % 60));
}

/* Read up to the next ':' or the end; false when it is no number or too large. */
static bool duration_part(const char **at, int64_t *ret)
{
    int64_t value = 0;

    if (!isdigit((unsigned char)**at))
        return false;
    for (; isdigit((unsigned char)**at); (*at)++) {
        value = value * 10 + (**at - '0');
        if (value > INT32_MAX)
            return false;
    }
    *ret = value;
    return true;
}

enum nqs_code clock_parse_duration(const char *text, int64_t *ret_seconds, struct nqs_err *err)
{
    const char *at = text;
    int64_t total = 0;
    int64_t part;

    for (int parts = 0;; parts++) {
        if (parts == 3 || !duration_part(&at, &part))
            goto bad;
        if (parts && part > 59 && *at == ':')
            goto bad;
        total = total * 60 + part;
        if (*at != ':')
            break;
        at++;
    }
    if (*at == '.') {
        size_t digits = strspn(at + 1, "0123456789");

        if (strspn(at + 1, "0") < digits)
            total++;
        at += 1 + digits;
    }
    if (*at || total > INT32_MAX)
        goto bad;
    *ret_seconds = total;
    return NQS_OK;
bad:
    return nqs_fail(err, NQS_VALUE, "'%.60s' is not a time: use seconds, mm:ss or hh:mm:ss", text);
}

/* Two digits at TEXT as a number, or -1. */
static int two_digits(const char *text)
{
    if (!isdigit((unsigned char)text[0]) || !isdigit((unsigned char)text[1]))
        return -1;
    return (text[0] - '0') * 10 + (text[1] - '0');
}

enum { DATE_YEARS_MAX = 8 }; /* from one 29th of February to the next, at most */

struct date_parts {
    int digits; /* 4, 6, 8, 10 or 12 */
    struct tm tm;
};

static bool date_in_range(const struct tm *tm)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = tm->tm_year + 1900;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (tm->tm_mon < 0 || tm->tm_mon > 11)
        return false;
    return tm->tm_mday >= 1 && tm->tm_mday <= days[tm->tm_mon] + (leap && tm->tm_mon == 1) &&
           tm->tm_hour >= 0 && tm->tm_hour <= 23 && tm->tm_min >= 0 && tm->tm_min <= 59 &&
           tm->tm_sec >= 0 && tm->tm_sec <= 60;
}

/* POSIX: a two-digit year from 69 on is of the last century. */
static int date_year(const char *text, int digits)
{
    int high = two_digits(text);

    if (digits == 12)
        return high * 100 + two_digits(text + 2) - 1900;
    return high < 69 ? high + 100 : high;
}

/* Take TEXT apart over the parts of today that *parts holds already. */
static bool date_split(const char *text, struct date_parts *parts)
{
    size_t digits = strspn(text, "0123456789");
    const char *at = text;
    struct tm *tm = &parts->tm;

    if ((digits & 1) || digits < 4 || digits > 12)
        return false;
    parts->digits = (int)digits;
    if (digits >= 10) {
        tm->tm_year = date_year(at, (int)digits);
        at += digits - 8;
    }
    if (digits >= 8) {
        tm->tm_mon = two_digits(at) - 1;
        at += 2;
    }
    if (digits >= 6) {
        tm->tm_mday = two_digits(at);
        at += 2;
    }
    tm->tm_hour = two_digits(at);
    tm->tm_min = two_digits(at + 2);
    tm->tm_sec = 0;
    at += 4;
    if (*at == '.') {
        if (strlen(at) != 3 || (tm->tm_sec = two_digits(at + 1)) < 0)
            return false;
        at += 3;
    }
    return !*at;
}

/* The moment of TM as if summer time were in force or not; true if clocks then show TM. */
static bool date_try(const struct tm *tm, int summer, time_t *ret)
{
    struct tm shown = *tm;

    shown.tm_sec = 0;
    shown.tm_isdst = summer;
    *ret = mktime(&shown);
    return localtime_r(ret, &shown) && shown.tm_hour == tm->tm_hour && shown.tm_min == tm->tm_min;
}

/*
 * mktime() left to itself answers a time that comes twice, or never, by what it
 * was last asked.  So both readings are asked for: of two good ones the earlier
 * is taken, and where clocks jump over TM, the later of the two bad ones.
 */
static nqs_time date_moment(const struct tm *tm)
{
    time_t winter;
    time_t summer;
    bool winter_good = date_try(tm, 0, &winter);
    bool summer_good = date_try(tm, 1, &summer);
    time_t moment = winter;

    if (winter_good && summer_good)
        moment = winter < summer ? winter : summer;
    else if (winter_good == summer_good)
        moment = winter > summer ? winter : summer;
    else if (summer_good)
        moment = summer;
    return (moment + tm->tm_sec) * NQS_SECOND;
}

/* The same clock time a day, a month or a year later, as far as it was left out. */
static void date_step(struct date_parts *parts)
{
    struct tm *tm = &parts->tm;
    struct tm next = {.tm_year = tm->tm_year, .tm_mon = tm->tm_mon, .tm_mday = tm->tm_mday + 1};

    if (parts->digits == 4) {
        timegm(&next); /* carries into the month and the year */
        tm->tm_mday = next.tm_mday;
        tm->tm_mon = next.tm_mon;
        tm->tm_year = next.tm_year;
    } else if (parts->digits == 6) {
        tm->tm_year += tm->tm_mon == 11;
        tm->tm_mon = (tm->tm_mon + 1) % 12;
    } else {
        tm->tm_year++;
    }
}

/* The first date behind NOW that has all of what was given, such as a 31st. */
static bool date_find(struct date_parts *parts, nqs_time now, nqs_time *ret)
{
    for (int tries = 0; tries <= DATE_YEARS_MAX; tries++) {
        if (date_in_range(&parts->tm)) {
            *ret = date_moment(&parts->tm);
            if (*ret > now || parts->digits >= 10)
                return true;
        }
        if (parts->digits >= 10)
            return false;
        date_step(parts);
    }
    return false;
}

enum nqs_code clock_parse_date(const char *text, nqs_time now, nqs_time *ret_wall,
                               struct nqs_err *err)
{
    time_t seconds = now / NQS_SECOND;
    struct date_parts parts = {0};

    if (!localtime_r(&seconds, &parts.tm) || !date_split(text, &parts) ||
        !date_find(&parts, now, ret_wall))
        return nqs_fail(err, NQS_VALUE, "'%.60s' is not a date: use [[[[CC]YY]MM]DD]hhmm[.SS]",
                        text);
    return NQS_OK;
}
