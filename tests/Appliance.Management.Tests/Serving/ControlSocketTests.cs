using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Appliance.Management.Tests.Serving;

/// <summary>The socket itself: who may open it, what was there before, and what it does not put up with.</summary>
public sealed class ControlSocketTests
{
    [Fact]
    public async Task Only_its_owner_may_open_it()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(box.SocketPath));
    }

    [Fact]
    public async Task A_socket_that_nobody_answers_on_is_replaced()
    {
        using var folder = new TemporaryFolder();
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(folder["box.sock"]));
        }

        // The runtime takes the name away with the socket; a process that is killed does not
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            killed.Bind(new UnixDomainSocketEndPoint(folder["other.sock"]));
            File.Move(folder["other.sock"], folder["box.sock"]);
        }

        Assert.True(File.Exists(folder["box.sock"]));
        LiveBox box = await LiveBox.StartAsync(folder);
        Assert.NotEmpty(await box.Client.GetAsync("show/ports", TestContext.Current.CancellationToken));
        await box.CrashAsync();
        Assert.False(File.Exists(folder["box.sock"]));
    }

    [Fact]
    public async Task A_socket_that_another_appliance_answers_on_is_left_to_it()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        IOException refusal = await Assert.ThrowsAsync<IOException>(() => ControlServer.StartAsync(box.SocketPath, box.Desk, box.Changes));
        Assert.Contains("another appliance answers", refusal.Message, StringComparison.Ordinal);
        Assert.NotEmpty(await box.Client.GetAsync("show/ports", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_that_is_no_socket_stays()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        string file = box.Folder.Write("diary", "dear diary");
        await Assert.ThrowsAsync<IOException>(() => ControlServer.StartAsync(file, box.Desk, box.Changes));
        Assert.Equal("dear diary", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Nobody_on_the_socket_is_said_in_one_line()
    {
        using var folder = new TemporaryFolder();
        using var client = new ControlClient(folder["none.sock"]);
        NoApplianceException nobody = await Assert.ThrowsAsync<NoApplianceException>(
            () => client.GetAsync("show/ports", TestContext.Current.CancellationToken));
        Assert.Equal($"no appliance answers on {folder["none.sock"]}: there is no such socket", nobody.Message);
    }

    [Theory]
    [InlineData("GET /v1/show/everything HTTP/1.1", 404)]
    [InlineData("GET /etc/passwd HTTP/1.1", 404)]
    [InlineData("DELETE /v1/show/ports HTTP/1.1", 404)]
    [InlineData("POST /v1/config/explode HTTP/1.1", 404)]
    [InlineData("POST /v1/config/apply?confirmWithin=-1 HTTP/1.1", 400)]
    [InlineData("POST /v1/config/rollback?steps=31 HTTP/1.1", 400)]
    [InlineData("POST /v1/states/kill HTTP/1.1", 400)]
    [InlineData("POST /v1/states/kill?source=nobody HTTP/1.1", 400)]
    [InlineData("POST /v1/states/kill?id=xyz HTTP/1.1", 400)]
    [InlineData("GET /v1/tables/none HTTP/1.1", 404)]
    [InlineData("POST /v1/tables/bad/explode HTTP/1.1", 404)]
    [InlineData("GET /v1/capture?port=nowhere HTTP/1.1", 404)]
    [InlineData("GET /v1/capture?port=lan&filter=tcp%5B13%5D HTTP/1.1", 400)]
    [InlineData("GET /v1/capture?port=lan&count=0 HTTP/1.1", 400)]
    [InlineData("nonsense", 400)]
    public async Task A_request_that_is_wrong_is_refused_and_the_next_is_answered(string request, int status)
    {
        await using LiveBox box = await LiveBox.StartAsync();
        string answer = await SpeakAsync(box.SocketPath, $"{request}\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.NotEmpty(await box.Client.GetAsync("show/ports", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Headers_without_end_are_refused()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        string answer = await SpeakAsync(box.SocketPath, $"GET /v1/show/ports HTTP/1.1\r\nHost: a\r\nX: {new string('x', 20_000)}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_no_configuration_is_refused()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        ControlRefusedException refusal = await Assert.ThrowsAsync<ControlRefusedException>(
            () => box.Client.PostAsync("config/apply", "hello"u8.ToArray(), TestContext.Current.CancellationToken));
        Assert.True(refusal.IsMistake);
    }

    [Fact]
    public async Task More_connections_than_there_may_be_are_closed_and_those_there_are_go_on()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var idle = new List<Socket>();
        for (int i = 0; i < ControlServer.MostConnections + 8; i++)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(box.SocketPath), cancellation);
            idle.Add(socket);
        }

        int closed = 0;
        foreach (Socket socket in idle)
        {
            int read = 0;
            try
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes("GET /v1/show/carp HTTP/1.1\r\nHost: a\r\n\r\n"), cancellation);
                read = await socket.ReceiveAsync(new byte[4096], cancellation);
            }
            catch (SocketException)
            {
                // Reset: closed as well
            }

            closed += read == 0 ? 1 : 0;
        }

        Assert.Equal(8, closed);
        foreach (Socket socket in idle) socket.Dispose();
    }

    private static async Task<string> SpeakAsync(string path, string request)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellation);
        using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellation);
    }
}
