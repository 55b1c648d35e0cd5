using System.Text.Json;
using Appliance.Testing;
using Xunit;

namespace Appliance.Tests;

/// <summary><c>replay --live-timers</c>, as a user runs it.</summary>
public sealed class ReplayTimersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_report_says_when_each_group_moved_and_whose_password_nobody_has_read()
    {
        string capture = SharedCaptures.File("synthetic/carp-v2-valid-vhid1.pcap");                 // ten adverts, a second apart
        string yaml = _folder["box.yaml"];
        File.WriteAllText(yaml, """
            ports:
              lan: {backend: pcap, addresses: [192.0.2.12/24]}
            high-availability:
              carp:
                - {vhid: 1, port: lan, addresses: [192.0.2.1/24], password: correct-horse, advskew: 100}
                - {vhid: 2, port: lan, addresses: [192.0.2.2/24], password-file: lan.key, advskew: 100}
            """);
        string[] replay = ["replay", "--config", yaml, "--in", $"lan={capture}"];
        string report = ApplianceProgram.Succeed([.. replay, "--live-timers"]).Output;
        Assert.Matches("1@lan +1 +BACKUP", report);
        Assert.Matches("2@lan +2 +MASTER", report);
        Assert.Contains("3.390625  2@lan: BACKUP -> MASTER (master timed out)", report, StringComparison.Ordinal);
        Assert.Contains("the password of vhid 2 is in a file", report, StringComparison.Ordinal);
        JsonElement json = ApplianceProgram.Json(ApplianceProgram.Succeed([.. replay, "--live-timers", "--json"]));
        IEnumerable<JsonElement> groups = json.GetProperty("carp").EnumerateArray();
        Assert.Equal(["BACKUP", "MASTER"], groups.Select(group => group.GetProperty("state").GetString()));
        Assert.DoesNotContain("carp", ApplianceProgram.Succeed(replay).Output, StringComparison.Ordinal);
    }
}
