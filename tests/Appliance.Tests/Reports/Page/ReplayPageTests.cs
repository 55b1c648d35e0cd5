using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Appliance.Node;
using Appliance.Reports;
using Appliance.Reports.Page;
using Xunit;

namespace Appliance.Tests;

/// <summary>What stands on the page of <c>replay --report</c>, by the text that a reader sees.</summary>
public sealed partial class ReplayPageTests
{
    private static readonly string Page = Render(MadeFacts.Of());
    private static readonly string Text = TextOf(Page);

    [GeneratedRegex("<(script|iframe|object|embed|img|audio|video|base|form)[ >]|@import|url\\(|https?:|\\son\\w+=|javascript:")]
    private static partial Regex Foreign { get; }

    [GeneratedRegex("<meta[^>]*>|<link[^>]*>|<!DOCTYPE html>")]
    private static partial Regex WithoutEnd { get; }

    [Theory]
    [InlineData("1,000 frames of 1 capture, 0.004 s from 2023-11-14 22:13:20.123456 UTC, through 3 vCPUs.")]
    [InlineData("✓Accounts balance")]
    [InlineData("✓Capture read to its end")]
    [InlineData("Frames in1,000512 kB")]
    [InlineData("Frames out1,011505 kB")]
    [InlineData("Dropped302.9 % of all frames")]
    [InlineData("Consumed here950 generated here")]
    [InlineData("Mean rate in250 kframes/s1.02 Gbit/s")]
    [InlineData("Peak rate in, over 1.02 ms684 kframes/s2.80 Gbit/s")]   // 700 frames and 358,400 bytes in 1.024 ms
    [InlineData("1,000 in + 50 generated = 1,011 out + 30 dropped + 9 consumed: balanced")]
    [InlineData("in 1,000 frames 512,000 bytes")]
    [InlineData("out 961 frames 500,123 bytes")]
    [InlineData("in: mean 250 k, peak 684 k out: mean 12.5 k, peak 48.8 k")]
    [InlineData("30 frames for 2 reasons")]
    [InlineData("mtu mtu 20 20 66.7 % the frame is too long for its way out; its sender is told")]
    [InlineData("hop-limit hop-limit 10 10 33.3 % the frame has no hop left; its sender is told")]
    [InlineData("Max/mean is 1.50")]
    [InlineData("500 50.0 %")]
    [InlineData("300,000 bytes · 20 batches of 25.0")]
    [InlineData("No frame was joined to another.")]
    [InlineData("good 74 96.1 % bad 3 3.9 %")]
    [InlineData("44 computed here in full")]
    [InlineData("lan lan.pcap 1,000 read to its end")]
    [InlineData("Replayed by 3 vCPUs with seed 7, in bursts of at most 32 frames within 40 µs; configuration made/up.yaml.")]
    public void Its_numbers_are_those_of_the_accounts_in_their_units(string words) =>
        Assert.Contains(words, Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("0 ms – 1.02 ms: in 684 kframes/s, out 0 frames/s")]
    [InlineData("1.02 ms – 2.05 ms: in 800 Mbit/s, out 39.1 Mbit/s")]
    [InlineData("2.05 ms – 3.07 ms: in 0 bit/s, out 0 bit/s")]
    [InlineData("0 ms – 1.02 ms: mtu 19.5 kframes/s")]
    [InlineData("2.05 ms – 4.1 ms: none")]
    public void Each_interval_says_its_rates(string title) => Assert.Contains($"<title>{title}</title>", Page, StringComparison.Ordinal);

    [Fact]
    public void It_needs_nothing_but_itself()
    {
        Assert.DoesNotMatch(Foreign, Page);
        Assert.Contains("default-src 'none'", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_element_is_closed_and_every_id_is_there_once()
    {
        XElement root = XElement.Parse(WithoutEnd.Replace(Page, ""));
        string[] ids = [.. root.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Length, ids.Distinct(StringComparer.Ordinal).Count());
        foreach (string link in root.Descendants("a").Attributes("href").Select(href => href.Value))
            Assert.True(link[0] == '#' && (ids.Contains(link[1..]) || link == "#expectations"), link);
        Assert.Equal(5, root.Descendants("svg").Count(svg => (string?)svg.Attribute("class") == "plot"));
    }

    [Fact]
    public void The_same_facts_make_the_same_bytes() => Assert.Equal(ReplayPage.Render(MadeFacts.Of()), ReplayPage.Render(MadeFacts.Of()));

    [Fact]
    public void A_name_is_text_wherever_it_stands()
    {
        const string Hostile = "<script>alert('x')</script>\"'&\u202e";
        PageFacts facts = MadeFacts.Of(null, Hostile, new ReplayInputAccounts(Hostile, Hostile, 1, Hostile)) with
        {
            Name = Hostile,
            ConfigurationFile = Hostile,
            Expectations = new ExpectationResult(Hostile, [new ExpectationOutcome(new Expectation(Hostile, 1, Hostile), Hostile)]),
        };
        string page = Render(facts);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\u202e', page);
        XElement root = XElement.Parse(WithoutEnd.Replace(page, ""));
        const string Shown = "<script>alert('x')</script>\"'&\\u202e";
        Assert.Equal(10, root.Descendants().Count(element => !element.HasElements && element.Value == Shown));
        Assert.Contains(root.Descendants().Attributes("aria-label"), label => label.Value == $"frames/s at port {Shown} over time");
        Assert.Equal(Shown, root.Descendants("tr").Attributes("title").First().Value);
    }

    [Fact]
    public void Accounts_that_do_not_balance_are_said_first_and_their_bars_differ()
    {
        string page = Render(MadeFacts.Of(accounts => accounts with { Consumed = 4 }));
        Assert.Contains("✕Accounts do not balance", TextOf(page), StringComparison.Ordinal);
        Assert.Contains("not balanced, 5 missing", TextOf(page), StringComparison.Ordinal);
        Assert.Contains("<i style=\"flex-grow:5\"></i>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_capture_is_said_first_and_with_its_damage()
    {
        string text = TextOf(Render(MadeFacts.Of(
            null, "lan", new ReplayInputAccounts("lan", "whole.pcap", 9, null),
            new ReplayInputAccounts("wan", "cut.pcap", 8, "at byte 4960: cut"))));
        Assert.Contains("✕1 capture damaged", text, StringComparison.Ordinal);
        Assert.Contains("wan cut.pcap 8 at byte 4960: cut", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Expectations_stand_with_what_was_found()
    {
        ExpectationOutcome held = new(new Expectation("frames.in", 1000, "t.yaml:2:3"), "1000");
        ExpectationOutcome broken = new(new Expectation("drops.mtu", 7, "t.yaml:3:3"), "20");
        string all = TextOf(Render(MadeFacts.Of() with { Expectations = new ExpectationResult("t.yaml", [held]) }));
        Assert.Contains("✓1 expectation held", all, StringComparison.Ordinal);
        Assert.Contains("All 1 counter of t.yaml came out as expected.", all, StringComparison.Ordinal);
        string some = TextOf(Render(MadeFacts.Of() with { Expectations = new ExpectationResult("t.yaml", [held, broken]) }));
        Assert.Contains("✕1 of 2 expectations broken", some, StringComparison.Ordinal);
        Assert.Contains("drops.mtu 7 20 ✕ broken", some, StringComparison.Ordinal);
        Assert.Contains("frames.in 1,000 1,000 ✓ held", some, StringComparison.Ordinal);
        Assert.DoesNotContain("expectation", Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Coalescing_and_segmentation_have_their_lengths_and_ratios()
    {
        string text = TextOf(Render(MadeFacts.Of() with { Offloads = new OffloadAccounts(640, 20, 5, 220) }));
        Assert.Contains("Frames per train32.064.0 % of frames in trains", text, StringComparison.Ordinal);
        Assert.Contains("32.0 frames per train; 64.0 % of the frames in travelled in trains", text, StringComparison.Ordinal);
        Assert.Contains("44.0 segments per large frame or train", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_moment_and_an_empty_capture_have_no_charts()
    {
        PageFacts moment = MadeFacts.Of();
        ReplayTimeline one = moment.Timeline with { Intervals = 1 };
        ReplayTimeline none = moment.Timeline with { Intervals = 0, Vcpus = [[], [], []] };
        string ofOne = Render(moment with { Report = moment.Report with { Timeline = one, CaptureSeconds = 0 } });
        string ofNone = Render(moment with { Report = moment.Report with { Timeline = none, CaptureSeconds = 0 } });
        foreach (string page in (string[])[ofOne, ofNone])
        {
            Assert.Contains("no time to draw rates over", page, StringComparison.Ordinal);
            Assert.DoesNotContain("class=\"plot\"", page, StringComparison.Ordinal);
            Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
            Assert.DoesNotContain("∞", page, StringComparison.Ordinal);
        }
    }

    private static string Render(PageFacts facts) => Encoding.UTF8.GetString(ReplayPage.Render(facts));

    /// <summary>The text of the page's body as one line, with a space behind each cell of a table and each item of a list.</summary>
    private static string TextOf(string page)
    {
        string spaced = WithoutEnd.Replace(page, "").Replace("</td>", "</td> ", StringComparison.Ordinal);
        spaced = spaced.Replace("</li>", "</li> ", StringComparison.Ordinal);
        XElement body = XElement.Parse(spaced, LoadOptions.PreserveWhitespace).Element("body")!;
        return string.Join(' ', body.Value.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }
}
