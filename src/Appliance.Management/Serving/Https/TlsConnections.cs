using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;

namespace Appliance.Management;

/// <summary>
/// TLS under Kestrel: each connection has the certificate that is in force when it begins. Of what Kestrel brings for this, the parts could
/// not be had without a whole web host around them.
/// </summary>
/// <param name="certificate">In force now.</param>
internal sealed class TlsConnections(Func<SslStreamCertificateContext> certificate)
{
    /// <summary>Until a client has shown that it speaks TLS.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        IDuplexPipe plain = connection.Transport;
        await using var encrypted = new SslStream(new DuplexStream(plain), leaveInnerStreamOpen: true);
        if (!await TryBeginAsync(encrypted)) return;
        var transport = new Pipes(
            PipeReader.Create(encrypted, new StreamPipeReaderOptions(leaveOpen: true)),
            PipeWriter.Create(encrypted, new StreamPipeWriterOptions(leaveOpen: true)));
        connection.Transport = transport;
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = plain;
        }
    }

    private async Task<bool> TryBeginAsync(SslStream encrypted)
    {
        using var patience = new CancellationTokenSource(Patience);
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate(),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
        try
        {
            await encrypted.AuthenticateAsServerAsync(options, patience.Token);
            return true;
        }
        catch (Exception failure) when (failure is IOException or AuthenticationException or OperationCanceledException)
        {
            return false;
        }
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
