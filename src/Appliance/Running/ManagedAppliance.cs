using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Management;
using Appliance.Node;
using Appliance.Threads;

namespace Appliance.Running;

/// <summary>
/// The management of a running appliance: its control socket, the generations of its configuration, and the part of the control thread that
/// answers.
/// </summary>
internal sealed class ManagedAppliance : IRunningAppliance, IControlPart, IDisposable
{
    private readonly RunningAppliance _appliance;
    private readonly ControlDesk _desk;
    private readonly ConfigurationChanges _changes;
    private readonly ControlServer _server;

    /// <summary>Answers as soon as the appliance runs; before that whoever asks waits.</summary>
    /// <param name="path">The configuration file.</param>
    /// <param name="socket">Of the control socket.</param>
    /// <exception cref="IOException">The socket cannot be had.</exception>
    public ManagedAppliance(RunningAppliance appliance, ConfigurationStart start, string path, GenerationStore? store, string socket)
    {
        _appliance = appliance;
        _desk = new ControlDesk(this, appliance.Wake);
        _changes = new ConfigurationChanges(_desk, start, path, store, appliance.Log.Say, WorkerThreads.Now);
        _server = ControlServer.StartAsync(socket, _desk, _changes).GetAwaiter().GetResult();
        appliance.Add(this);
        appliance.Reloader = ReloadAsync;
    }

    /// <inheritdoc/>
    public ApplianceNode Node => _appliance.Node;

    /// <inheritdoc/>
    public RuntimeModel Asked => _appliance.Asked;

    /// <inheritdoc/>
    public IFailoverDesk? Failover => _appliance.Failover;

    /// <inheritdoc/>
    public ImmutableArray<int> Descriptors => [];

    /// <inheritdoc/>
    public MonotonicTime NextDeadline => _desk.NextDeadline;

    /// <inheritdoc/>
    public void Step(MonotonicTime now) => _desk.Step(now, DateTimeOffset.UtcNow);

    /// <inheritdoc/>
    public ApplyAnswer Apply(RuntimeModel next) => _appliance.Apply(next);

    /// <inheritdoc/>
    public PortStatus? StatusOf(int port)
    {
        int physical = Node.Models.Ports[port].Physical;
        if (!_appliance.LivePorts.TryGetValue(physical, out LivePort? live)) return null;
        return live.Device is { Port: var open }
            ? new PortStatus(
                live.Model.Device?.ToString() ?? open.Name, open.Mac, open.Link == LinkState.Up, live.Device.Missed, live.Device.Refused)
            : new PortStatus(null, null, IsUp: false);
    }

    /// <inheritdoc/>
    public double? BusyShareOf(int worker) => _appliance.BusyShareOf(worker);

    /// <summary>When the appliance does not run any more.</summary>
    public void Dispose()
    {
        _server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _changes.Dispose();
    }

    private async Task<ApplyAnswer> ReloadAsync()
    {
        ChangeOutcome outcome = await _changes.ReloadAsync().ConfigureAwait(false);
        if (outcome.Result != ChangeResult.Done) return new ApplyAnswer(outcome.Lines, []);
        _appliance.Log.Say(outcome.Changes.IsEmpty
            ? "reloaded: nothing is different"
            : $"reloaded as generation {outcome.Generation}: {string.Join(", ", outcome.Changes)}");
        return new ApplyAnswer([], [.. outcome.Lines.Select(line => line.Replace("warning: ", "", StringComparison.Ordinal))]);
    }
}
