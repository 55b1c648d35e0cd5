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
    private readonly HttpsServer _https;
    private readonly HttpsModel? _asked;
    private readonly string _socket;
    private readonly bool _isSocketGiven;
    private ControlServer? _server;
    private Task? _opened;

    /// <summary>Opens when the appliance forwards (<see cref="RunningAppliance.Opens"/>), and fails by an IOException when the socket
    /// cannot be had, or https not as it is asked.</summary>
    /// <param name="path">The configuration file.</param>
    /// <param name="socket">Of the control socket, where it is not the configuration's; null: it is.</param>
    /// <param name="folder">Where is kept what outlives the appliance.</param>
    public ManagedAppliance(
        RunningAppliance appliance, ConfigurationStart start, string path, GenerationStore? store, string? socket, string folder)
    {
        _appliance = appliance;
        _desk = new ControlDesk(this, appliance.Wake);
        _changes = new ConfigurationChanges(_desk, start, path, store, appliance.Log.Say, WorkerThreads.Now);
        _https = new HttpsServer(_desk, _changes, Path.Combine(folder, "https"), path, appliance.Log, () => WorkerThreads.Now);
        (_isSocketGiven, _asked) = (socket is not null, appliance.Asked.Management.Https);
        _socket = Path.GetFullPath(socket ?? appliance.Asked.Management.SocketPath);
        appliance.Add(this);
        appliance.Opens = () => _opened = Task.Run(OpenAsync);
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
    public MonotonicTime NextDeadline => IsOpen ? _desk.NextDeadline : MonotonicTime.Never;

    /// <summary>Not before management is open: a configuration that nobody confirmed returns to https as it was asked.</summary>
    public void Step(MonotonicTime now)
    {
        if (IsOpen) _desk.Step(now, DateTimeOffset.UtcNow);
    }

    /// <inheritdoc/>
    public ApplyAnswer Apply(RuntimeModel next)
    {
        HttpsChange https = _https.Prepare(next.Management.Https, DateTimeOffset.UtcNow);
        if (!https.Faults.IsEmpty) return new ApplyAnswer(https.Faults, []);
        ApplyAnswer answer = _appliance.Apply(next);
        if (answer.IsApplied) _https.Commit(https);
        else https.Dispose();
        string nextSocket = Path.GetFullPath(next.Management.SocketPath);
        return !answer.IsApplied || _isSocketGiven || nextSocket == _socket ? answer : answer with
        {
            Warnings = [.. answer.Warnings, $"management.socket: {_socket} stays; {nextSocket} will be after the next start"],
        };
    }

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
    public HostStatus? HostOf(int port) => _appliance.HostOf(port);

    /// <inheritdoc/>
    public double? BusyShareOf(int worker) => _appliance.BusyShareOf(worker);

    /// <summary>When the appliance does not run any more.</summary>
    public void Dispose()
    {
        _desk.Close();
        _opened?.ContinueWith(_ => { }, TaskScheduler.Default).GetAwaiter().GetResult();
        _https.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _server?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _changes.Dispose();
    }

    private bool IsOpen => _opened is { IsCompletedSuccessfully: true };

    /// <summary>Https first: by the socket another configuration may come, which must find https as it was asked.</summary>
    private async Task OpenAsync()
    {
        HttpsChange https = _https.Prepare(_asked, DateTimeOffset.UtcNow);
        if (!https.Faults.IsEmpty) throw new IOException(string.Join("; ", https.Faults));
        _https.Commit(https);
        _server = await ControlServer.StartAsync(_socket, _desk, _changes).ConfigureAwait(false);
    }

    private async Task<ApplyAnswer> ReloadAsync()
    {
        ChangeOutcome outcome = await _changes.ReloadAsync().ConfigureAwait(false);
        if (outcome.Result != ChangeResult.Done) return new ApplyAnswer(outcome.Lines, []);
        _appliance.Log.Say(outcome.AsReload);
        return new ApplyAnswer([], [.. outcome.Lines.Select(line => line.Replace("warning: ", "", StringComparison.Ordinal))]);
    }
}
