/*
 * test_clock.c - durations, and the dates of `qsub -a`.
 *
 * Proves: E054 E055 E056 E059
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "clock.h"

static void zone(const char *name)
{
    setenv("TZ", name, 1);
    tzset();
}

/* The moment of a clock time of the zone that is set; summer: 1, winter: 0. */
static nqs_time moment(int year, int month, int day, int hour, int minute, int summer)
{
    struct tm tm = {.tm_year = year - 1900,
                    .tm_mon = month - 1,
                    .tm_mday = day,
                    .tm_hour = hour,
                    .tm_min = minute,
                    .tm_isdst = summer};

    return mktime(&tm) * NQS_SECOND;
}

static void check_date(const char *text, nqs_time now, nqs_time expected)
{
    nqs_time wall = -1;

    assert_int_equal(clock_parse_date(text, now, &wall, NULL), NQS_OK);
    if (wall != expected)
        fail_msg("%s is %lld, not %lld", text, (long long)(wall / NQS_SECOND),
                 (long long)(expected / NQS_SECOND));
}

static void check_no_date(const char *text, nqs_time now)
{
    nqs_time wall = 77;
    struct nqs_err err;

    assert_int_equal(clock_parse_date(text, now, &wall, &err), NQS_VALUE);
    assert_non_null(strstr(err.text, text));
    assert_int_equal(wall, 77);
}

/* ---------------------------------------------------------------- durations */

static void test_durations(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } good[] = {
        {"0", 0},
        {"59", 59},
        {"3600", 3600},
        {"75:30", 4530},
        {"1:00:00", 3600},
        {"01:02:03", 3723},
        {"100:00:00", 360000},
        {"2147483647", INT32_MAX},
        {"1.5", 2},
        {"1.0", 1},
        {"1.", 1},
        {"0:0.0001", 1},
        {"10:59", 659},
        {"0:59:59", 3599},
    };
    static const char *const bad[] = {
        "",     ":",          "1:", ":1",           "1:2:3:4", "a",     "1a",
        "-1",   " 1",         "1 ", "1:60:00",      "1.5.5",   "1.5s",  "1.5:00",
        "1::1", "2147483648", "+1", "600000:00:00", ".5",      "1:00:", "99999999999999999999"};
    int64_t seconds;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(clock_parse_duration(good[i].text, &seconds, NULL), NQS_OK);
        assert_int_equal(seconds, good[i].seconds);
    }
    seconds = 77;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(clock_parse_duration(bad[i], &seconds, NULL), NQS_VALUE);
    assert_int_equal(seconds, 77);
}

static void test_texts(void **state)
{
    char text[CLOCK_TEXT_MAX];
    int64_t seconds;

    (void)state;
    zone("UTC");
    clock_text(1000000000 * NQS_SECOND, text);
    assert_string_equal(text, "Sun Sep  9 01:46:40 2001");
    clock_stamp(1000000000 * NQS_SECOND + 42, text);
    assert_string_equal(text, "2001-09-09T01:46:40.000042Z");
    clock_duration_text(3723, text);
    assert_string_equal(text, "01:02:03");
    clock_duration_text(360000, text);
    assert_string_equal(text, "100:00:00");
    for (int64_t i = 0; i < 400000; i += 997) {
        clock_duration_text(i, text);
        assert_int_equal(clock_parse_duration(text, &seconds, NULL), NQS_OK);
        assert_int_equal(seconds, i);
    }
    clock_text(INT64_MAX, text); /* a year that no calendar prints, but no fault */
    clock_stamp(INT64_MAX, text);
}

static void test_now(void **state)
{
    struct nqs_now one = clock_now();
    struct nqs_now other = clock_now();

    (void)state;
    assert_true(other.steady >= one.steady);
    assert_true(one.wall / NQS_SECOND >= time(NULL) - 2);
}

/* -------------------------------------------------------------------- dates */

static void test_all_lengths(void **state)
{
    nqs_time now;

    (void)state;
    zone("UTC");
    now = moment(2026, 5, 17, 10, 30, 0);
    check_date("1100", now, moment(2026, 5, 17, 11, 0, 0));
    check_date("201100", now, moment(2026, 5, 20, 11, 0, 0));
    check_date("06011100", now, moment(2026, 6, 1, 11, 0, 0));
    check_date("2706011100", now, moment(2027, 6, 1, 11, 0, 0));
    check_date("202706011100", now, moment(2027, 6, 1, 11, 0, 0));
    check_date("1100.42", now, moment(2026, 5, 17, 11, 0, 0) + 42 * NQS_SECOND);
    check_date("201100.00", now, moment(2026, 5, 20, 11, 0, 0));
    check_date("06011100.59", now, moment(2026, 6, 1, 11, 0, 0) + 59 * NQS_SECOND);
    check_date("2706011100.01", now, moment(2027, 6, 1, 11, 0, 0) + NQS_SECOND);
    check_date("202706011100.60", now, moment(2027, 6, 1, 11, 1, 0)); /* a leap second */
    check_date("7001010000", now, 0); /* a year from 69 on is of the last century */
    check_date("6801010000", now, moment(2068, 1, 1, 0, 0, 0));
}

static void test_no_dates(void **state)
{
    static const char *const bad[] = {
        "",
        "1",
        "110",
        "2400",
        "1160",
        "1100.",
        "1100.6",
        "1100.61",
        "1100.600",
        "1100.x",
        "321100",
        "001100",
        "13011100",
        "00011100",
        "02301100",
        "04311100",
        "2602291100",
        "202613011100",
        "202602291100",
        "202600011100",
        "20260532000",
        "2026051711000",
        "20260517110000",
        "11:00",
        "noon",
        "+1100",
        " 1100",
        "1100 ",
        "-100",
        "20260517 1100",
        "202605172400",
        "05322400",
        "190002291100",
    };
    nqs_time now;

    (void)state;
    zone("UTC");
    now = moment(2026, 5, 17, 10, 30, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_no_date(bad[i], now);
    check_date("202802291100", now, moment(2028, 2, 29, 11, 0, 0));
    check_date("200002291100", now,
               moment(2000, 2, 29, 11, 0, 0)); /* a past that was given is kept */
}

static void test_what_was_left_out_moves_on(void **state)
{
    nqs_time now;

    (void)state;
    zone("UTC");
    now = moment(2026, 5, 17, 10, 30, 0) + 15 * NQS_SECOND;
    check_date("1029", now, moment(2026, 5, 18, 10, 29, 0));
    check_date("1030", now, moment(2026, 5, 18, 10, 30, 0)); /* 15 s ago */
    check_date("1030.16", now, moment(2026, 5, 17, 10, 30, 0) + 16 * NQS_SECOND);
    check_date("160900", now, moment(2026, 6, 16, 9, 0, 0));
    check_date("05170900", now, moment(2027, 5, 17, 9, 0, 0));
    check_date("1030", moment(2026, 5, 31, 12, 0, 0), moment(2026, 6, 1, 10, 30, 0));
    check_date("1030", moment(2026, 12, 31, 12, 0, 0), moment(2027, 1, 1, 10, 30, 0));
    check_date("1030", moment(2028, 2, 28, 12, 0, 0), moment(2028, 2, 29, 10, 30, 0));
    check_date("010000", moment(2026, 12, 5, 12, 0, 0), moment(2027, 1, 1, 0, 0, 0));
}

/* A 31st is a 31st, and a 29th of February one, if it takes years. */
static void test_days_that_some_months_lack(void **state)
{
    (void)state;
    zone("UTC");
    check_date("310900", moment(2026, 1, 31, 12, 0, 0), moment(2026, 3, 31, 9, 0, 0));
    check_date("310900", moment(2026, 2, 5, 12, 0, 0), moment(2026, 3, 31, 9, 0, 0));
    check_date("02291100", moment(2026, 5, 17, 10, 0, 0), moment(2028, 2, 29, 11, 0, 0));
    check_date("02291100", moment(2097, 1, 1, 0, 0, 0), moment(2104, 2, 29, 11, 0, 0));
}

static void test_time_zones(void **state)
{
    static const char *const zones[] = {"UTC", "America/New_York", "Asia/Kolkata"};
    static const int minutes_behind_utc[] = {0, 240, -330};
    nqs_time utc = 0;

    (void)state;
    for (int i = 0; i < 3; i++) {
        nqs_time wall;

        zone(zones[i]);
        assert_int_equal(clock_parse_date("202605171100", 0, &wall, NULL), NQS_OK);
        if (i == 0)
            utc = wall;
        assert_true(wall - utc == minutes_behind_utc[i] * 60 * NQS_SECOND);
    }
}

/* Ask in WHEN first: the C library's own answer depends on what it was last asked. */
static void after_asking(const char *when, const char *text, nqs_time expected)
{
    nqs_time ignored;

    assert_int_equal(clock_parse_date(when, 0, &ignored, NULL), NQS_OK);
    check_date(text, 0, expected);
}

static void test_summer_time(void **state)
{
    static const char *const before[] = {"202601010000", "202607010000", "202603080130",
                                         "202603080330", "202611010030", "202611010230"};
    nqs_time utc_gap;
    nqs_time utc_twice;
    nqs_time dublin_gap;

    (void)state;
    zone("UTC");
    utc_gap = moment(2026, 3, 8, 7, 30, 0);
    utc_twice = moment(2026, 11, 1, 5, 30, 0);
    dublin_gap = moment(2026, 3, 29, 1, 30, 0);
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        zone("America/New_York");
        after_asking(before[i], "202603080230", utc_gap);   /* never comes: an hour later */
        after_asking(before[i], "202611010130", utc_twice); /* comes twice: the first */
        after_asking(before[i], "202603080159", utc_gap - 31 * 60 * NQS_SECOND);
        after_asking(before[i], "202603080300", utc_gap - 30 * 60 * NQS_SECOND);
        after_asking(before[i], "202611010200", utc_twice + 90 * 60 * NQS_SECOND);
        zone("Europe/Dublin"); /* where it is winter that is the exception */
        after_asking(before[i], "202603290130", dublin_gap);
    }
}

/* hhmm is tomorrow's clock time, not 24 hours later. */
static void test_tomorrow_over_a_change(void **state)
{
    (void)state;
    zone("America/New_York");
    check_date("1030", moment(2026, 3, 7, 12, 0, 0), moment(2026, 3, 8, 10, 30, 1));
    check_date("1030", moment(2026, 10, 31, 12, 0, 1), moment(2026, 11, 1, 10, 30, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_now),
        cmocka_unit_test(test_all_lengths),
        cmocka_unit_test(test_no_dates),
        cmocka_unit_test(test_what_was_left_out_moves_on),
        cmocka_unit_test(test_days_that_some_months_lack),
        cmocka_unit_test(test_time_zones),
        cmocka_unit_test(test_summer_time),
        cmocka_unit_test(test_tomorrow_over_a_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
