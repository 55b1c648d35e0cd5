using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>QEMU's machine protocol (qemu-qmp-ref(7)): a greeting, then commands and answers, a line of JSON each; events come
/// between.</summary>
internal sealed class MonitorSession : IDisposable
{
    private readonly Socket _socket;
    private readonly StreamReader _lines;

    public MonitorSession(string path, Func<bool> hasEnded)
    {
        _socket = SerialConsole.Connect(path, hasEnded);
        _lines = new StreamReader(new NetworkStream(_socket), Encoding.UTF8);
        Answer("QMP");
        Tell("qmp_capabilities", "{}");
    }

    public void Tell(string command, string arguments)
    {
        _socket.Send(Encoding.UTF8.GetBytes($$"""{"execute": "{{command}}", "arguments": {{arguments}}}""" + "\n"));
        if (command != "quit") Answer("return");
    }

    public void Dispose()
    {
        _lines.Dispose();
        _socket.Dispose();
    }

    private void Answer(string key)
    {
        while (_lines.ReadLine() is { } line)
        {
            using JsonDocument answer = JsonDocument.Parse(line);
            if (answer.RootElement.TryGetProperty(key, out _)) return;
            if (answer.RootElement.TryGetProperty("error", out JsonElement error)) Assert.Fail($"QEMU: {error}");
        }

        Assert.Fail("QEMU's monitor has ended");
    }
}
