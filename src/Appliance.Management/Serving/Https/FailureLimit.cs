using System.Net;
using System.Net.Sockets;
using Appliance.Engine;

namespace Appliance.Management;

/// <summary>
/// How often a source may be wrong: so many times at once, and then once a second; meanwhile it is not listened to, whatever it says. An
/// IPv6 source is its /64. For any thread.
/// </summary>
internal sealed class FailureLimit
{
    public const int Burst = 10;

    /// <summary>Sources that are remembered; all others are one.</summary>
    public const int MaximumSources = 1024;

    private const long Interval = 1_000_000_000;                        // nanoseconds for one more
    private const int NetworkBytes = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, MonotonicTime> _freeAt = [];     // when it has its whole budget again

    public bool MayTry(IPAddress source, MonotonicTime now)
    {
        lock (_lock)
        {
            IPAddress key = KeyOf(source);
            if (!HasRoomFor(key, now)) key = IPAddress.None;
            return !_freeAt.TryGetValue(key, out MonotonicTime freeAt) || freeAt - now <= (Burst - 1) * Interval;
        }
    }

    public void Fail(IPAddress source, MonotonicTime now)
    {
        lock (_lock)
        {
            IPAddress key = KeyOf(source);
            if (!HasRoomFor(key, now)) key = IPAddress.None;
            MonotonicTime freeAt = _freeAt.GetValueOrDefault(key);
            _freeAt[key] = (freeAt < now ? now : freeAt) + Interval;
        }
    }

    /// <summary>Whether it is remembered or can be; those that have their whole budget again are forgotten for it.</summary>
    private bool HasRoomFor(IPAddress key, MonotonicTime now)
    {
        if (_freeAt.ContainsKey(key) || _freeAt.Count < MaximumSources) return true;
        IPAddress[] free = [.. _freeAt.Where(source => source.Value <= now).Select(source => source.Key)];
        foreach (IPAddress source in free) _freeAt.Remove(source);
        return _freeAt.Count < MaximumSources;
    }

    private static IPAddress KeyOf(IPAddress source)
    {
        if (source.IsIPv4MappedToIPv6) return source.MapToIPv4();
        if (source.AddressFamily != AddressFamily.InterNetworkV6) return source;
        byte[] network = source.GetAddressBytes();
        network.AsSpan(NetworkBytes).Clear();
        return new IPAddress(network);
    }
}
