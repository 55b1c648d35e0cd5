using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Appliance.Management;

/// <summary>
/// The control socket: HTTP over a Unix socket that its owner alone can open. How many speak at once, how long they take for what, and how
/// much they send is bounded; no request holds up the control thread or the data path.
/// </summary>
public sealed class ControlServer : IAsyncDisposable
{
    /// <summary>Connections at the same time; captures and long lists hold one each.</summary>
    public const int MostConnections = 32;

    private const int Backlog = 64;
    private const int LongestFilter = 3 * CaptureFilter.MaximumLength;  // each character as %XX
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly KestrelServer _server;

    private ControlServer(string path, KestrelServer server) => (_path, _server) = (path, server);

    /// <summary>Answers from here on.</summary>
    /// <param name="path">Of the socket, from the root. One that nobody answers on is replaced.</param>
    /// <exception cref="IOException">Somebody answers there, or something else is there, or it cannot be made.</exception>
    public static async Task<ControlServer> StartAsync(string path, ControlDesk desk, ConfigurationChanges changes)
    {
        var transport = new SocketTransportOptions { Backlog = Backlog, CreateBoundListenSocket = _ => Bind(path) };
        var server = new KestrelServer(
            Options.Create(Limits(path)),
            new SocketTransportFactory(Options.Create(transport), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance);
        try
        {
            await server.StartAsync(new ControlApplication(new ControlRequests(desk, changes)), CancellationToken.None);
        }
        catch (Exception failure) when (failure is SocketException or UnauthorizedAccessException)
        {
            server.Dispose();
            throw new IOException($"{path}: cannot be made: {failure.Message}", failure);
        }

        return new ControlServer(path, server);
    }

    /// <summary>What is being answered has a second to end.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _server.StopAsync(patience.Token);
        _server.Dispose();
        File.Delete(_path);
    }

    private static KestrelServerOptions Limits(string path)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        Limit(options.Limits, MostConnections);
        options.ListenUnixSocket(path, listen => listen.Protocols = HttpProtocols.Http1);
        return options;
    }

    /// <summary>What every listener bounds.</summary>
    internal static void Limit(KestrelServerLimits limits, int mostConnections)
    {
        limits.MaxConcurrentConnections = mostConnections;
        limits.MaxRequestBodySize = GenerationFormat.MaximumBytes;
        limits.MaxRequestHeaderCount = 32;
        limits.MaxRequestHeadersTotalSize = 16 << 10;
        limits.MaxRequestLineSize = LongestFilter + (8 << 10);
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1000, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1000, gracePeriod: TimeSpan.FromSeconds(10));
    }

    /// <summary>Nobody can connect before <c>listen</c>, so nobody can before the mode is right.</summary>
    private static Socket Bind(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        RemoveStale(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, OwnerOnly);
        return socket;
    }

    private static void RemoveStale(string path)
    {
        if (!File.Exists(path)) return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException refusal) when (refusal.SocketErrorCode == SocketError.ConnectionRefused && IsSocket(path))
        {
            File.Delete(path);
            return;
        }
        catch (SocketException failure)
        {
            throw new IOException($"{path}: it is there, and no socket of an appliance: {failure.Message}", failure);
        }

        throw new IOException($"{path}: another appliance answers on this socket");
    }

    /// <summary>A file that somebody keeps there is not ours to take away.</summary>
    private static bool IsSocket(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return false;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return true;                                                // open(2) of a socket fails
        }
    }
}
