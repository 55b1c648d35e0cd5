using Appliance.TestRunner;
using TestResult = Appliance.TestRunner.TestResult;

namespace Appliance.Tidy;

/// <summary>`make test` must not call a broken run a good one.</summary>
public sealed class SuiteRunTests
{
    private const string Good =
        """<assemblies><assembly><collection><test name="A" result="Pass" /></collection></assembly></assemblies>""";

    [Fact]
    public void A_good_run_is_its_tests() => Assert.Equal(new Totals(1, 0, 0), Judge(0, Good));

    [Fact]
    public void A_run_that_wrote_nothing_is_one_failure() => Assert.Equal(new Totals(0, 1, 0), Judge(0, null));

    [Fact]
    public void A_run_that_was_stopped_is_one_failure() => Assert.Equal(new Totals(0, 1, 0), Judge(null, Good));

    [Theory]
    [InlineData("")]
    [InlineData("<assemblies><assembly>")]
    [InlineData("<html />")]
    public void A_broken_result_file_is_one_failure(string results) => Assert.Equal(new Totals(0, 1, 0), Judge(0, results));

    [Theory]
    [InlineData(0, "<assemblies />")]
    [InlineData(0, "<assemblies><assembly><errors /></assembly></assemblies>")]
    [InlineData(0, "<assemblies><assembly><collection /></assembly></assemblies>")]
    [InlineData(8, "<assemblies />")]
    public void A_run_without_a_test_is_one_failure(int exitCode, string results)
    {
        TestResult lost = Assert.Single(new SuiteRun(exitCode, results, "", TimeSpan.Zero).Judge());
        Assert.Equal(("(no tests)", Outcome.Failed), (lost.Name, lost.Outcome));
    }

    [Fact]
    public void A_run_whose_tests_were_all_skipped_is_no_failure() =>
        Assert.Equal(new Totals(0, 0, 1), Judge(0, Good.Replace("Pass", "Skip", StringComparison.Ordinal)));

    [Fact]
    public void An_exit_code_that_no_test_explains_is_one_failure_more() => Assert.Equal(new Totals(1, 1, 0), Judge(139, Good));

    [Fact]
    public void Failures_skips_and_errors_outside_tests_are_read()
    {
        const string Mixed = """
            <assemblies><assembly>
              <errors><error type="collection-cleanup" name="C"><failure><message>the port stayed open</message></failure></error></errors>
              <collection>
                <test name="F" result="Fail">
                  <failure><message><![CDATA[1 < 2]]></message><stack-trace>at F</stack-trace></failure><output>seen 1</output>
                </test>
                <test name="S" result="Skip"><reason>not root</reason></test>
                <test name="E" result="NotRun" />
                <test name="?" result="Perhaps" />
              </collection>
            </assembly></assemblies>
            """;
        Assert.True(ResultFile.TryRead(Mixed, out IReadOnlyList<TestResult> results, out _));
        Assert.Equal(new Totals(0, 3, 2), Totals.Of(results));
        Assert.Contains(results, result => result is { Name: "F", Detail: "1 < 2\nat F\nseen 1" });
        Assert.Contains(results, result => result is { Name: "S", Detail: "not root" });
        Assert.Contains(results, result => result is { Outcome: Outcome.Failed, Detail: "the port stayed open" });
    }

    [Fact]
    public void A_crash_is_shown_with_the_last_it_said()
    {
        var run = new SuiteRun(134, null, "starting\nsegmentation fault\n", TimeSpan.Zero);
        Assert.Contains("segmentation fault", Assert.Single(run.Judge()).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, 9, false)]
    [InlineData(1, 0, 0, true)]
    [InlineData(9, 1, 0, false)]
    public void Totals_are_good_when_something_ran_and_nothing_failed(int passed, int failed, int skipped, bool good) =>
        Assert.Equal(good, new Totals(passed, failed, skipped).AreGood);

    [Fact]
    public void The_last_line_is_plain() => Assert.Equal("12 passed, 3 failed, 4 skipped", new Totals(12, 3, 4).ToString());

    [Theory]
    [InlineData("<Project><PropertyGroup><IsTestProject>true</IsTestProject></PropertyGroup></Project>", true)]
    [InlineData("<Project><PropertyGroup><IsTestProject>false</IsTestProject></PropertyGroup></Project>", false)]
    [InlineData("<Project />", false)]
    public void Test_projects_are_those_that_say_so(string text, bool isTest) => Assert.Equal(isTest, SuiteList.IsTestProject(text));

    private static Totals Judge(int? exitCode, string? results) => Totals.Of(new SuiteRun(exitCode, results, "", TimeSpan.Zero).Judge());
}
