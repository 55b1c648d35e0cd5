using System.Reflection;
using System.Text.Json;
using Appliance.Drills;
using Appliance.Simulation;
using Xunit;

namespace Appliance.Tests;

/// <summary><c>drill</c>: simulated drills by seed, what is printed of them, and how a long row of them goes on.</summary>
public sealed class DrillVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_row_of_drills_is_summed_up()
    {
        ProcessRun run = ApplianceProgram.Succeed("drill", "--seed", "3", "--runs", "2", "--seconds", "20");
        Assert.StartsWith("2 drills of 20 s from seed 3: 2 passed\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("events/s", run.Output, StringComparison.Ordinal);
        Assert.Contains("not checked", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Errors);
    }

    [Fact]
    public void One_alone_is_told_in_full_and_the_same_each_time()
    {
        string[] told = [.. Enumerable.Range(0, 2).Select(_ =>
            ApplianceProgram.Succeed("drill", "--seed", "3", "--runs", "1", "--seconds", "20").Output.Split("1 drill of")[0])];
        Assert.Equal(told[0], told[1]);
        Assert.StartsWith("drill 3: ", told[0], StringComparison.Ordinal);
        Assert.Contains("fault", told[0], StringComparison.Ordinal);
        Assert.Contains("BACKUP -> MASTER", told[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Programs_get_one_document()
    {
        JsonElement root = JsonDocument.Parse(
            ApplianceProgram.Succeed("drill", "--seed", "5", "--runs", "1", "--seconds", "20", "--json").Output).RootElement;
        Assert.Equal([5, 1, 0], new[] { "seed", "runs", "failed" }.Select(name => root.GetProperty(name).GetInt32()));
        Assert.True(root.GetProperty("events").GetInt64() > 1000);
        Assert.Equal(0, root.GetProperty("failures").GetArrayLength());
    }

    [Fact]
    public void A_row_that_was_interrupted_goes_on_where_it_was_and_is_forgotten_when_it_is_done()
    {
        string file = _folder["progress"];
        new DrillProgress(file, 7, 20, DrillBuild.Identity).Write(1);
        string[] arguments = ["drill", "--seed", "7", "--runs", "2", "--seconds", "20", "--resume", file];
        ProcessRun run = ProcessRunner.Run(ApplianceProgram.Beside, arguments);          // which has this build's identity
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("1 drill of 20 s", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Errors);
        Assert.False(File.Exists(file));
        Assert.Contains("2 drills of 20 s", ApplianceProgram.Succeed(arguments).Output, StringComparison.Ordinal);
    }

    /// <summary>What another program has drilled says nothing of this one.</summary>
    [Fact]
    public void A_row_of_another_build_begins_anew_and_says_so()
    {
        string file = _folder["progress"];
        new DrillProgress(file, 7, 20, new string('0', 64)).Write(1);
        ProcessRun run = ApplianceProgram.Run("drill", "--seed", "7", "--runs", "2", "--seconds", "20", "--resume", file);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("2 drills of 20 s", run.Output, StringComparison.Ordinal);
        Assert.Equal($"--resume {file}: another build has written it; the row begins anew", Assert.Single(run.ErrorLines));
        Assert.False(File.Exists(file));
    }

    [Theory]
    [InlineData("drills of 30 s from seed 1: next is 2\n")]
    [InlineData("drills of 20 s from seed 7: next is x\n")]
    [InlineData("something else\n")]
    [InlineData("")]
    public void Progress_of_another_row_is_refused(string text)
    {
        string file = _folder.Write("progress", text);
        ProcessRun run = ApplianceProgram.Run("drill", "--seed", "7", "--runs", "1", "--seconds", "20", "--resume", file);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("not of this row of drills", run.Errors, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Fact]
    public void A_build_is_all_that_a_drill_runs()
    {
        var found = new HashSet<string>();
        var left = new Stack<Assembly>([typeof(Drill).Assembly]);
        while (left.TryPop(out Assembly? assembly))
        {
            if (!found.Add(assembly.GetName().Name!)) continue;
            foreach (AssemblyName name in assembly.GetReferencedAssemblies())
                if (name.Name!.StartsWith("Appliance.", StringComparison.Ordinal)) left.Push(Assembly.Load(name));
        }

        Assert.Equal(found.Order(), DrillBuild.Assemblies.Select(assembly => assembly.GetName().Name!).Order());
    }

    [Theory]
    [InlineData("--runs", "0", "--runs 0: expected a number from 1 to")]
    [InlineData("--seconds", "19", "--seconds 19: expected a number from 20 to 3600")]
    [InlineData("--seed", "-1", "--seed -1: expected a number from 0 to")]
    public void A_wrong_number_is_refused(string flag, string value, string message)
    {
        ProcessRun run = ApplianceProgram.Run("drill", flag, value);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
    }
}
