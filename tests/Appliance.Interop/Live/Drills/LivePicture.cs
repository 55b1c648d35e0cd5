using System.Globalization;
using System.Text;
using System.Text.Json;
using Appliance.Management;

namespace Appliance.Interop.Live.Drills;

/// <summary>
/// A drill as it goes. On a terminal the last seconds are drawn below what is said, a column for each tenth of a second: who is master
/// (<c>█</c>: of all, <c>▄</c>: of some, <c>·</c>: of nothing, a blank: nobody answers) and how many answers came. In a pipe there are
/// lines only.
/// </summary>
internal sealed class LivePicture : IDisposable
{
    private const int Columns = 64, MillisecondsOfColumn = 100, Rows = 4;
    private const string Bars = " ▁▂▃▄▅▆▇█";

    private readonly TextWriter _out;
    private readonly DrillPair? _pair;
    private readonly int _perSecond;
    private readonly Lock _lock = new();
    private readonly StringBuilder[] _history = [new(), new(), new()];  // A, B, answers
    private readonly char[] _now = [' ', ' '];
    private readonly List<Thread> _threads = [];
    private string _doing = "";
    private bool _isDrawn;
    private long _answered;
    private volatile bool _stops;

    /// <param name="to">What is written to.</param>
    /// <param name="pair">Which is drawn; null: nothing is, for nobody looks.</param>
    /// <param name="perSecond">Answers that make a full column.</param>
    public LivePicture(TextWriter to, DrillPair? pair, int perSecond)
    {
        (_out, _pair, _perSecond) = (to, pair, perSecond);
        if (pair is null) return;
        for (int box = 0; box < 2; box++)
        {
            int asked = box;
            Start(() => Ask(pair.Network.SocketOf(asked), asked));
        }

        Start(Paint);
    }

    /// <summary>A line that stays.</summary>
    public void Say(string line)
    {
        lock (_lock)
        {
            Erase();
            _out.WriteLine(line);
            _out.Flush();
        }
    }

    /// <summary>What goes on, below the picture.</summary>
    public void Doing(string what)
    {
        lock (_lock) _doing = what;
    }

    public void Dispose()
    {
        _stops = true;
        foreach (Thread thread in _threads) thread.Join();
        lock (_lock) Erase();
    }

    private void Start(Action run)
    {
        var thread = new Thread(() => run()) { IsBackground = true };
        _threads.Add(thread);
        thread.Start();
    }

    /// <summary>Who is frozen does not answer; nobody waits for that.</summary>
    private void Ask(string socket, int box)
    {
        using var client = new ControlClient(socket);
        for (; !_stops; Thread.Sleep(MillisecondsOfColumn))
        {
            char sign = ' ';
            try
            {
                using var limit = new CancellationTokenSource(3 * MillisecondsOfColumn);
                using JsonDocument answer = JsonDocument.Parse(client.GetAsync("show/carp", limit.Token).GetAwaiter().GetResult());
                int all = answer.RootElement.GetArrayLength();
                int own = answer.RootElement.EnumerateArray().Count(group => group.GetProperty("state").GetString() == "MASTER");
                sign = own == 0 ? '·' : own == all ? '█' : '▄';
            }
            catch (Exception failure) when (
                failure is NoApplianceException or OperationCanceledException or HttpRequestException or IOException)
            {
                // nobody is there
            }

            lock (_lock) _now[box] = sign;
        }
    }

    private void Paint()
    {
        for (; !_stops; Thread.Sleep(MillisecondsOfColumn))
        {
            long answered = _pair!.Echo.Answered;
            double share = (answered - _answered) / (_perSecond * MillisecondsOfColumn / 1000.0);
            _answered = answered;
            lock (_lock)
            {
                Append(_history[0], _now[0]);
                Append(_history[1], _now[1]);
                Append(_history[2], Bars[(int)Math.Clamp(Math.Ceiling(share * (Bars.Length - 1) * 0.9), 0, Bars.Length - 1)]);
                Erase();
                _out.Write($"A       {_history[0]}\nB       {_history[1]}\nanswers {_history[2]}\n{_doing}\n");
                _out.Flush();
                _isDrawn = true;
            }
        }
    }

    private static void Append(StringBuilder history, char sign)
    {
        history.Append(sign);
        if (history.Length > Columns) history.Remove(0, 1);
    }

    private void Erase()
    {
        if (_isDrawn) _out.Write(string.Create(CultureInfo.InvariantCulture, $"\u001b[{Rows}A\u001b[J"));
        _isDrawn = false;
    }
}
