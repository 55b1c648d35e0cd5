using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Appliance.Configuration;
using Appliance.Engine;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Appliance.Management;

/// <summary>
/// The REST API over https (<c>management.https</c>): all that the control socket answers, for whoever knows the token. A change of token,
/// certificate or address counts from the next request, handshake or connection on, and touches nothing else.
/// </summary>
/// <param name="desk">Where questions are asked.</param>
/// <param name="changes">Of the configuration.</param>
/// <param name="folder">Where the appliance keeps a certificate of its own.</param>
/// <param name="file">The configuration's, for messages.</param>
/// <param name="log">What the operator is told: who changes what, who is wrong, and by which fingerprint the appliance is known.</param>
/// <param name="now">The clock.</param>
public sealed class HttpsServer(
    ControlDesk desk, ConfigurationChanges changes, string folder, string file, IManagementLog log, Func<MonotonicTime> now)
    : IAsyncDisposable
{
    /// <summary>Connections at the same time, those included that have not yet shown who they are.</summary>
    public const int MostConnections = 128;

    private const int Backlog = 128;
    private const int SocketLevel = 1, ReusePort = 15;                  // SOL_SOCKET, SO_REUSEPORT

    private readonly Lock _lock = new();
    private HttpsSecrets? _secrets;
    private IpEndpoint? _listen;
    private Socket? _socket;                                            // of whom listens
    private KestrelServer? _server;
    private Task _under = Task.CompletedTask;                           // what is started and stopped, in order

    /// <summary>What is wrong with the files that are named, without a look at the network.</summary>
    /// <param name="asked">Null: nothing is named.</param>
    /// <param name="file">The configuration's.</param>
    public static IEnumerable<string> FaultsOf(HttpsModel? asked, string file)
    {
        if (asked is null) yield break;
        if (AccessToken.Read(asked.TokenFile.Path, out string fault) is null)
            yield return $"{file}:{asked.TokenFile.Position}: token-file {asked.TokenFile}: {fault}";
        if (asked is not { CertificateFile: { } certificate, KeyFile: { } key }) yield break;
        using var loaded = ServerCertificate.Load(certificate.Path, key.Path, out fault);
        if (loaded is null) yield return $"{file}:{certificate.Position}: certificate-file: {fault}";
    }

    /// <summary>Finds out whether it can be as it is asked, and changes nothing yet.</summary>
    /// <param name="asked">Null: nobody is to listen.</param>
    /// <param name="timeOfDay">For a certificate that has to be made.</param>
    public HttpsChange Prepare(HttpsModel? asked, DateTimeOffset timeOfDay)
    {
        if (asked is null) return new HttpsChange();
        string[] faults = [.. FaultsOf(asked, file)];
        if (faults.Length > 0) return new HttpsChange { Faults = [.. faults] };
        HttpsChange? bound = null;
        try
        {
            Socket? beside = asked.Listen != _listen && asked.Listen.Port == _listen?.Port ? _socket : null;
            Socket? socket = asked.Listen == _listen ? null : Bind(asked.Listen, beside);
            bound = new HttpsChange { Listen = asked.Listen, Socket = socket, Beside = beside };
            bound.Secrets = Read(asked, timeOfDay);                     // last: it may make a certificate
            return bound;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SocketException)
        {
            bound?.Dispose();
            return new HttpsChange { Faults = [$"management.https: {asked.Listen}: {failure.Message}"] };
        }
    }

    /// <summary>Puts in force what was prepared last, one time after the other; without waiting for connections that end.</summary>
    public void Commit(HttpsChange change)
    {
        lock (_lock)
        {
            bool isOther = change.Secrets?.Fingerprint != _secrets?.Fingerprint || change.Listen != _listen;
            if (change.Secrets is { } secrets) _secrets = secrets;
            if (isOther && change.Secrets is not null)
                log.Say($"https: at {change.Listen}, certificate SHA-256 {change.Secrets.Fingerprint}");
            if (change.Listen == _listen) return;
            (KestrelServer? before, _listen, _socket) = (_server, change.Listen, change.Socket);
            if (change is { Socket: { } bound, Beside: not null }) ListenBeside(bound);
            _server = change.Socket is { } socket ? NewServer(socket) : null;
            _under = SwitchAsync(_under, before, _server);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Commit(new HttpsChange());
        await _under;
    }

    private async Task SwitchAsync(Task earlier, KestrelServer? before, KestrelServer? next)
    {
        await earlier;
        try
        {
            var requests = new ControlRequests(desk, changes);
            if (next is not null)
                await next.StartAsync(new HttpsApplication(requests, () => _secrets!.Token, log, now), CancellationToken.None);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            log.Say($"https: {failure.Message}");
        }

        if (before is null) return;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await before.StopAsync(patience.Token);
        before.Dispose();
    }

    private HttpsSecrets Read(HttpsModel asked, DateTimeOffset timeOfDay)
    {
        AccessToken token = AccessToken.Read(asked.TokenFile.Path, out string fault) ?? throw new IOException(fault);
        if (asked is { CertificateFile: { } certificate, KeyFile: { } key })
        {
            X509Certificate2 given = ServerCertificate.Load(certificate.Path, key.Path, out fault) ?? throw new IOException(fault);
            return new HttpsSecrets(token, given, ServerCertificate.OthersOf(certificate.Path));
        }

        var own = new HttpsSecrets(token, ServerCertificate.OfFolder(folder, asked.Listen, timeOfDay, out bool isNew), []);
        string kept = Path.Combine(folder, ServerCertificate.CertificateFile);
        if (isNew) log.Say($"https: made a certificate for {asked.Listen.Address}: {kept}");
        return own;
    }

    private KestrelServer NewServer(Socket socket)
    {
        var transport = new SocketTransportOptions { Backlog = Backlog, CreateBoundListenSocket = _ => socket };
        var options = new KestrelServerOptions { AddServerHeader = false };
        ControlServer.Limit(options.Limits, MostConnections);
        var tls = new TlsConnections(() => _secrets!.Context);
        options.Listen((IPEndPoint)socket.LocalEndPoint!, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection => tls.ServeAsync(connection, next));
        });
        return new KestrelServer(
            Options.Create(options), new SocketTransportFactory(Options.Create(transport), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance);
    }

    /// <summary>From then on the address is nobody else's again. What fails is told when the server starts with it.</summary>
    private static void ListenBeside(Socket bound)
    {
        try
        {
            bound.Listen(Backlog);
            Share(bound, isShared: false);
        }
        catch (SocketException)
        {
        }
    }

    /// <summary>Whether another socket of this user may have an address that overlaps, if it says the same (socket(7)).</summary>
    internal static void Share(Socket socket, bool isShared)
    {
        try
        {
            socket.SetRawSocketOption(SocketLevel, ReusePort, BitConverter.GetBytes(isShared ? 1 : 0));
        }
        catch (ObjectDisposedException)
        {
            // Its server has ended, and it has no address any more
        }
    }

    /// <param name="beside">Its address may overlap: it is left only when this one is listened at. Null: there is none.</param>
    private static Socket Bind(IpEndpoint listen, Socket? beside)
    {
        var endpoint = new IPEndPoint(IPAddress.Parse(listen.Address.ToString()), listen.Port);
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endpoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;        // all addresses, of both families
            if (beside is not null)
            {
                Share(beside, isShared: true);
                Share(socket, isShared: true);
            }

            socket.Bind(endpoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            if (beside is not null) Share(beside, isShared: false);
            throw;
        }
    }
}
