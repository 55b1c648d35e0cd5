using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>The serial line of a machine: what it has said so far, and a keyboard.</summary>
internal sealed partial class SerialConsole : IDisposable
{
    private readonly Socket _socket;
    private readonly Func<bool> _hasEnded;
    private readonly Func<string> _describe;
    private readonly StringBuilder _said = new();
    private readonly Lock _saying = new();
    private int _commands;

    public SerialConsole(string path, Func<bool> hasEnded, Func<string> describe)
    {
        (_hasEnded, _describe) = (hasEnded, describe);
        _socket = Connect(path, hasEnded);
        new Thread(Listen) { IsBackground = true, Name = "serial" }.Start();
    }

    /// <summary>So long whatever is waited for may take.</summary>
    public TimeSpan Limit { get; set; } = Patience.Limit;

    /// <summary>Whether a shell is open, and no menu.</summary>
    public bool HasShell { get; private set; }

    /// <summary>All of it, without the control sequences of terminals.</summary>
    public string Said
    {
        get
        {
            lock (_saying) return ControlSequence().Replace(_said.ToString(), "").Replace("\r", "", StringComparison.Ordinal);
        }
    }

    /// <summary>What comes after counts as new for <see cref="Await"/>.</summary>
    public void Forget()
    {
        lock (_saying) _said.Clear();
    }

    public void Await(string text)
    {
        for (var waited = Stopwatch.StartNew(); !Said.Contains(text, StringComparison.Ordinal); Thread.Sleep(20))
            Assert.False(_hasEnded() || waited.Elapsed > Limit, $"'{text}' is not said:\n{Tail}\n{_describe()}");
    }

    /// <summary>Types a line.</summary>
    public void Type(string line) => _socket.Send(Encoding.UTF8.GetBytes(line + "\r"));

    /// <summary>From the menu to the shell, whose password is given.</summary>
    public void OpenShell(string password)
    {
        Forget();
        Type("");
        Await("Number: ");
        Type("8");
        Await("Password: ");
        Forget();
        Type(password);
        Await("# ");
        Run("stty -echo");
        HasShell = true;
    }

    /// <summary>From the shell to the menu.</summary>
    public void Leave()
    {
        HasShell = false;
        Type("exit");
    }

    /// <summary>A command in the shell; answers what it says. It must succeed.</summary>
    public string Run(string command)
    {
        string mark = string.Create(CultureInfo.InvariantCulture, $"end{++_commands}");
        Forget();
        Type($"{command}; echo {mark}:$?:");
        Await($"{mark}:");
        Match match;
        for (var waited = Stopwatch.StartNew(); !(match = Regex.Match(Said, $@"{mark}:(\d+):", RegexOptions.None, Patience.Limit)).Success;)
        {
            Assert.True(waited.Elapsed < Limit, $"'{command}' does not end:\n{Tail}");
            Thread.Sleep(10);
        }

        string said = Said[..Said.IndexOf(match.Value, StringComparison.Ordinal)];
        Assert.True(match.Groups[1].Value == "0", $"'{command}' fails:\n{said}");
        return said;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>To a socket that is about to be there.</summary>
    public static Socket Connect(string path, Func<bool> hasEnded)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
                return socket;
            }
            catch (SocketException) when (!hasEnded() && waited.Elapsed < TimeSpan.FromSeconds(30))
            {
                socket.Dispose();
                Thread.Sleep(20);
            }
        }
    }

    private string Tail => Said is { Length: > 3000 } said ? said[^3000..] : Said;

    private void Listen()
    {
        byte[] bytes = new byte[4096];
        try
        {
            while (_socket.Receive(bytes) is var count and > 0)
            {
                lock (_saying) _said.Append(Encoding.UTF8.GetString(bytes, 0, count));
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The machine, or the test, is over
        }
    }

    [GeneratedRegex("\e(?:\\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>])", RegexOptions.NonBacktracking)]
    private static partial Regex ControlSequence();
}
