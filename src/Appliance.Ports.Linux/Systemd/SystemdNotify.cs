using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Appliance.Ports.Linux;

/// <summary>
/// Tells the service manager how the program is (sd_notify(3)): a datagram to the socket that NOTIFY_SOCKET names. Where nobody asked to be
/// told nothing happens. Nothing here throws: a program goes on without its manager.
/// </summary>
public sealed class SystemdNotify : IDisposable
{
    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _manager;

    /// <param name="path">The value of NOTIFY_SOCKET: a path, or <c>@</c> and an abstract name; null or empty: nobody asks.</param>
    /// <param name="watchdogMicroseconds">The value of WATCHDOG_USEC.</param>
    public SystemdNotify(string? path, string? watchdogMicroseconds)
    {
        if (string.IsNullOrEmpty(path) || path[0] is not ('/' or '@')) return;
        _manager = new UnixDomainSocketEndPoint(path[0] == '@' ? $"\0{path[1..]}" : path);
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        const NumberStyles Plain = NumberStyles.None;
        if (long.TryParse(watchdogMicroseconds, Plain, CultureInfo.InvariantCulture, out long period) && period > 0)
            WatchdogPeriod = TimeSpan.FromMicroseconds(period);
    }

    /// <summary>As the environment says.</summary>
    public static SystemdNotify FromEnvironment() =>
        new(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"), Environment.GetEnvironmentVariable("WATCHDOG_USEC"));

    /// <summary>Within this time <see cref="Alive"/> must be said again; null: nobody watches.</summary>
    public TimeSpan? WatchdogPeriod { get; }

    /// <summary>Start is over: the appliance forwards.</summary>
    public void Ready() => Send("READY=1");

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public void Status(string line) => Send($"STATUS={line.ReplaceLineEndings(" ")}");

    /// <summary>A reload has begun; <see cref="Ready"/> ends it.</summary>
    /// <param name="monotonicMicroseconds">CLOCK_MONOTONIC, which Type=notify-reload asks for.</param>
    public void Reloading(long monotonicMicroseconds) =>
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={monotonicMicroseconds}"));

    public void Stopping() => Send("STOPPING=1");

    public void Alive() => Send("WATCHDOG=1");

    public void Dispose() => _socket?.Dispose();

    private void Send(string state)
    {
        if (_socket is null) return;
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(state), _manager!);
        }
        catch (SocketException)
        {
            // The manager is gone, or does not read: it is its loss.
        }
    }
}
