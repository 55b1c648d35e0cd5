using System.Globalization;
using System.Text.RegularExpressions;
using Appliance.Testing;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>A device that goes and comes all the time, as a hypervisor's do when it moves the machine.</summary>
public sealed partial class VanishingTests
{
    private static readonly int s_times = TestSize.Of(person: 4, server: 40, soak: 1000);

    [Fact]
    public void Vanishing_under_load_takes_nothing_from_other_ports_and_leaves_nothing_behind()
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports, "pass all\n");
        using Background loading = network.Lan.Start("ping", "-n", "-q", "-i", "0.002", "-s", "1000", "10.2.0.2");
        using Background living = network.Lan.Start("ping", "-n", "-i", "0.01", "-W", "5", "10.1.0.1");
        living.AwaitLine("icmp_seq=10 ");
        for (int time = 0; time < 10; time++) Vanish(network);          // what is made on first use
        (string Descriptors, int Threads, long Kilobytes) before = Holdings(appliance);
        for (int time = 0; time < s_times; time++) Vanish(network);
        (string Descriptors, int Threads, long Kilobytes) after = Holdings(appliance);

        living.Signal("INT");
        Assert.Equal([], Missing(living.AwaitEnd().Output));
        Assert.False(loading.HasEnded);
        Assert.Equal(before.Descriptors, after.Descriptors);
        Assert.InRange(after.Threads, 1, before.Threads + 2);           // the runtime's own come and go
        TestContext.Current.SendDiagnosticMessage($"{before} before, {after} after {s_times} times");
        Assert.True(after.Kilobytes < before.Kilobytes + (32 << 10), $"{before} before, {after} after {s_times} times");
        network.Lan.Succeed("ping", "-n", "-c", "3", "-W", "5", "10.2.0.2");
    }

    /// <summary>And is used again; sometimes it is back before anybody has seen that it was gone.</summary>
    private static void Vanish(LiveNetwork network)
    {
        network.Box.Ip("link", "delete", "eth1");
        network.ConnectWan();
        for (int attempt = 0; network.Lan.Run("ping", "-n", "-c", "1", "-W", "0.1", "10.2.0.2").ExitCode != 0; attempt++)
            Assert.True(attempt < 600, "the device is not taken again");
    }

    /// <summary>Numbers of pings before the last one that was answered; one may be under way when they end.</summary>
    private static int[] Missing(string pings)
    {
        HashSet<int> answered =
            [.. Answer().Matches(pings).Select(answer => int.Parse(answer.Groups["number"].ValueSpan, CultureInfo.InvariantCulture))];
        return [.. Enumerable.Range(1, answered.Max()).Where(number => !answered.Contains(number))];
    }

    [GeneratedRegex(
        "icmp_seq=(?<number>[0-9]+) ttl=", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Answer();

    private static (string Descriptors, int Threads, long Kilobytes) Holdings(Background appliance)
    {
        string process = string.Create(CultureInfo.InvariantCulture, $"/proc/{appliance.Id}");
        Dictionary<string, string> status = File.ReadLines($"{process}/status").Select(line => line.Split(':', 2))
            .ToDictionary(columns => columns[0], columns => columns[1].Trim(), StringComparer.Ordinal);
        return (
            Descriptors($"{process}/fd"),
            int.Parse(status["Threads"], CultureInfo.InvariantCulture),
            long.Parse(status["VmRSS"].Split(' ')[0], CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// How many there are of each kind: sockets, files, timers. The program's own file is none of them: the runtime opens it anew for each
    /// library in it that is used for the first time.
    /// </summary>
    private static string Descriptors(string folder)
    {
        string[] targets = [.. Directory.EnumerateFileSystemEntries(folder).Select(entry => new FileInfo(entry).LinkTarget ?? "gone")];
        return string.Join(", ", targets
            .Where(target => !target.Equals(ApplianceProgram.File, StringComparison.Ordinal))
            .CountBy(target => target.Split(":[")[0], StringComparer.Ordinal)
            .OrderBy(kind => kind.Key, StringComparer.Ordinal)
            .Select(kind => $"{kind.Value} {kind.Key}"));
    }
}
