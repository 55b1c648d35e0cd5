using System.Collections.Immutable;
using System.Net.Sockets;
using Appliance.Configuration;

namespace Appliance.Management;

/// <summary>
/// What https is to be, found possible: its files read, its address had. Disposed of by whoever does not put it in force.
/// </summary>
public sealed class HttpsChange : IDisposable
{
    /// <summary>Why it is not possible; empty: it is.</summary>
    public ImmutableArray<string> Faults { get; internal init; } = [];

    /// <summary>Null: nobody listens.</summary>
    internal IpEndpoint? Listen { get; init; }

    internal HttpsSecrets? Secrets { get; set; }

    /// <summary>Bound already; null: the listener there is stays.</summary>
    internal Socket? Socket { get; init; }

    /// <summary>The listener that there is, where it lets <see cref="Socket"/> in for as long as both are; null: it need not.</summary>
    internal Socket? Beside { get; init; }

    public void Dispose()
    {
        Socket?.Dispose();
        if (Beside is not null) HttpsServer.Share(Beside, isShared: false);
    }
}
