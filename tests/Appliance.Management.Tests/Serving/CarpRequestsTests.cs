using System.Collections.Immutable;
using System.Text.Json;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Failover;
using Appliance.Node;
using Xunit;

namespace Appliance.Management.Tests.Serving;

/// <summary>What an operator is told who would hand groups over that nobody could take.</summary>
public sealed class CarpRequestsTests
{
    private const string Nobody = "no peer on the lane can take over group 1@lan: none is there";

    [Fact]
    public async Task A_failover_that_would_leave_nobody_master_is_refused()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        using var desk = new LonelyDesk(box.Folder);
        box.Failover = desk;
        ControlRefusedException refusal = await Assert.ThrowsAsync<ControlRefusedException>(() => Post(box, "carp/failover"));
        Assert.Equal((Nobody, false), (Assert.Single(refusal.Lines), refusal.IsMistake));
        Assert.Equal(CarpState.Master, desk.State);
        await Post(box, "carp/failover?back=true");
        await Post(box, "carp/demote?amount=1");
    }

    [Fact]
    public async Task Maintenance_is_what_the_operator_says_and_that_nobody_takes_over_he_is_told()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        using var desk = new LonelyDesk(box.Folder);
        box.Failover = desk;
        JsonElement status = await Post(box, "carp/maintenance?state=on");
        Assert.True(status.GetProperty("maintenance").GetBoolean());
        Assert.Equal(
            [$"{Nobody}; out of service, but master until another takes over"],
            status.GetProperty("warnings").EnumerateArray().Select(line => line.GetString()));
        Assert.Equal(CarpState.Master, desk.State);
        status = await Post(box, "carp/maintenance?state=off");
        Assert.False(status.GetProperty("maintenance").GetBoolean());
        Assert.Empty(status.GetProperty("warnings").EnumerateArray());
    }

    private static async Task<JsonElement> Post(LiveBox box, string path) =>
        JsonDocument.Parse(await box.Client.PostAsync(path, [], TestContext.Current.CancellationToken)).RootElement;

    /// <summary>Failover of a box that is master, and whose lane brings nothing.</summary>
    private sealed class LonelyDesk : IFailoverDesk, IFailoverSender, IDisposable
    {
        private readonly ApplianceNode _node;
        private readonly FailoverControl _control;
        private MonotonicTime _now = new(1_000_000_000);

        public LonelyDesk(TemporaryFolder folder)
        {
            File.SetUnixFileMode(folder.Write("sync.key", new string('a', 64)), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            ConfigurationResult read = ConfigurationLoader.LoadText(
                """
                ports:
                  lan: {backend: pcap, addresses: [192.168.1.1/24]}
                  sync: {backend: pcap, addresses: [10.9.0.1/24]}
                high-availability:
                  carp: [{vhid: 1, port: lan, addresses: [192.168.1.254/24], password: sesame}]
                  sync: {port: sync, peer: 10.9.0.2, key-file: sync.key}
                """,
                folder["pair.yaml"]);
            PairSecrets secrets = PairSecrets.Read(read.Model!, out ImmutableArray<ConfigurationError> _)!;
            _node = new ApplianceNode(read.Model!, new NodeOptions());
            FailoverPlan plan = FailoverPlanBuilder.Build(read.Model!, _node.Models.Ports, secrets)!;
            _control = new FailoverControl(plan, KeyedRandom.FromSeed(1), session: 1, this, static _ => { }, _now);
            foreach (FailoverPort port in plan.Ports) _control.OnLink(port.Physical, LinkState.Up, _now);
            for (int step = 0; State != CarpState.Master && step < 10_000; step++) StepOnce();
        }

        public CarpState State => _control.Carp.Groups[0].State;

        public Task<T> AskAsync<T>(Func<FailoverControl, MonotonicTime, T> question)
        {
            StepOnce();
            return Task.FromResult(question(_control, _now));
        }

        public string? KeepMaintenance(bool isOn) => null;

        public CarpSendOutcome Send(PortId port, ReadOnlySpan<byte> frame) => CarpSendOutcome.Sent;

        public void Dispose()
        {
            _control.Dispose();
            _node.Dispose();
        }

        private void StepOnce()
        {
            _now = _control.NextDeadline;
            _control.Step(_now);
        }
    }
}
