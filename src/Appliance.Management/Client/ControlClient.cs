using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Appliance.Management;

/// <summary>Speaks to a running appliance by its control socket.</summary>
/// <param name="socketPath">Where it answers.</param>
public sealed class ControlClient(string socketPath) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectCallback = (_, cancellation) => ConnectAsync(socketPath, cancellation),
        UseProxy = false,
    })
    {
        BaseAddress = new Uri("http://appliance/v1/"),
        Timeout = Timeout.InfiniteTimeSpan,                             // the appliance says itself when it takes too long
    };

    /// <summary>The document at a path such as <c>show/ports</c>.</summary>
    /// <exception cref="NoApplianceException">Nobody answers.</exception>
    /// <exception cref="ControlRefusedException">The appliance refuses.</exception>
    public Task<byte[]> GetAsync(string path, CancellationToken cancellation = default) =>
        ReadAllAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellation);

    /// <summary>The same, read into a type.</summary>
    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation = default) =>
        JsonSerializer.Deserialize(await GetAsync(path, cancellation), type)!;

    /// <summary>Asks for something to be done.</summary>
    public Task<byte[]> PostAsync(string path, byte[] body, CancellationToken cancellation = default) =>
        ReadAllAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) }, cancellation);

    public async Task<T> PostAsync<T>(string path, byte[] body, JsonTypeInfo<T> type, CancellationToken cancellation = default) =>
        JsonSerializer.Deserialize(await PostAsync(path, body, cancellation), type)!;

    /// <summary>A configuration with all that it names, as <c>config/apply</c> and <c>config/diff</c> take it.</summary>
    public Task<T> SendAsync<T>(string path, ConfigurationBundle bundle, JsonTypeInfo<T> type, CancellationToken cancellation = default)
    {
        var sent = new Generation
        {
            Number = 0, Time = DateTimeOffset.UnixEpoch, Origin = "", Bundle = bundle, SeenDigest = bundle.Digest,
        };
        return PostAsync(path, GenerationFormat.Write(sent), type, cancellation);
    }

    /// <summary>What comes bit by bit; the caller disposes of it.</summary>
    public async Task<Stream> OpenAsync(string path, CancellationToken cancellation = default)
    {
        HttpResponseMessage response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        return await response.Content.ReadAsStreamAsync(cancellation);
    }

    public void Dispose() => _http.Dispose();

    private async Task<byte[]> ReadAllAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendAsync(request, cancellation);
        return await response.Content.ReadAsByteArrayAsync(cancellation);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException failure)
        {
            throw new NoApplianceException(socketPath, failure);
        }

        if (response.StatusCode == HttpStatusCode.OK) return response;
        using (response)
        {
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellation);
            throw new ControlRefusedException((int)response.StatusCode, LinesOf(body, response.StatusCode));
        }
    }

    private static string[] LinesOf(byte[] body, HttpStatusCode status)
    {
        try
        {
            ProblemDocument? problem = JsonSerializer.Deserialize(body, ManagementJson.Indented.ProblemDocument);
            if (problem is { Errors: { Length: > 0 } lines }) return lines;
        }
        catch (JsonException)
        {
            // Not the appliance's own words
        }

        return [$"the appliance answers {(int)status} {status}"];
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
