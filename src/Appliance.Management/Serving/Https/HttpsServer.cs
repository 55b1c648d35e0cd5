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

    private readonly Lock _lock = new();
    private HttpsSecrets? _secrets;
    private IpEndpoint? _listen;
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
        try
        {
            HttpsSecrets secrets = Read(asked, timeOfDay);
            Socket? socket = asked.Listen == _listen ? null : Bind(asked.Listen);
            return new HttpsChange { Listen = asked.Listen, Secrets = secrets, Socket = socket };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SocketException)
        {
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
            (KestrelServer? before, _listen) = (_server, change.Listen);
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

    private static Socket Bind(IpEndpoint listen)
    {
        var endpoint = new IPEndPoint(IPAddress.Parse(listen.Address.ToString()), listen.Port);
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endpoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;        // all addresses, of both families
            socket.Bind(endpoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
