using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>Every pair of states and every event, at the numbers at which it is expected.</summary>
public sealed class TcpStateTableTests
{
    private static readonly string[] Events = ["syn", "newsyn", "synack", "ack", "data", "fin", "rst"];

    private const string Table = """
        SYN_SENT:CLOSED          C.syn     Pass          SYN_SENT:CLOSED          TcpOpening
        SYN_SENT:CLOSED          C.newsyn  Drop          SYN_SENT:CLOSED          TcpFirst
        SYN_SENT:CLOSED          C.synack  Drop          SYN_SENT:CLOSED          TcpFirst
        SYN_SENT:CLOSED          C.ack     Drop          SYN_SENT:CLOSED          TcpFirst
        SYN_SENT:CLOSED          C.data    Drop          SYN_SENT:CLOSED          TcpFirst
        SYN_SENT:CLOSED          C.fin     Drop          SYN_SENT:CLOSED          TcpFirst
        SYN_SENT:CLOSED          C.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        SYN_SENT:CLOSED          S.syn     Pass          SYN_SENT:SYN_SENT        TcpOpening
        SYN_SENT:CLOSED          S.newsyn  Pass          SYN_SENT:SYN_SENT        TcpOpening
        SYN_SENT:CLOSED          S.synack  Pass          ESTABLISHED:SYN_SENT     TcpOpening
        SYN_SENT:CLOSED          S.ack     Drop          SYN_SENT:CLOSED          TcpFirst
        SYN_SENT:CLOSED          S.data    Drop          SYN_SENT:CLOSED          TcpFirst
        SYN_SENT:CLOSED          S.fin     Drop          SYN_SENT:CLOSED          TcpFirst
        SYN_SENT:CLOSED          S.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        SYN_SENT:SYN_SENT        C.syn     Pass          SYN_SENT:SYN_SENT        TcpOpening
        SYN_SENT:SYN_SENT        C.newsyn  Drop          SYN_SENT:SYN_SENT        TcpOpening
        SYN_SENT:SYN_SENT        C.synack  Pass          SYN_SENT:ESTABLISHED     TcpOpening
        SYN_SENT:SYN_SENT        C.ack     Pass          SYN_SENT:ESTABLISHED     TcpOpening
        SYN_SENT:SYN_SENT        C.data    Drop          SYN_SENT:SYN_SENT        TcpOpening
        SYN_SENT:SYN_SENT        C.fin     Pass          CLOSING:ESTABLISHED      TcpClosing
        SYN_SENT:SYN_SENT        C.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        SYN_SENT:SYN_SENT        S.syn     Pass          SYN_SENT:SYN_SENT        TcpOpening
        SYN_SENT:SYN_SENT        S.newsyn  Drop          SYN_SENT:SYN_SENT        TcpOpening
        SYN_SENT:SYN_SENT        S.synack  Pass          ESTABLISHED:SYN_SENT     TcpOpening
        SYN_SENT:SYN_SENT        S.ack     Pass          ESTABLISHED:SYN_SENT     TcpOpening
        SYN_SENT:SYN_SENT        S.data    Pass          ESTABLISHED:SYN_SENT     TcpOpening
        SYN_SENT:SYN_SENT        S.fin     Pass          ESTABLISHED:CLOSING      TcpClosing
        SYN_SENT:SYN_SENT        S.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        ESTABLISHED:SYN_SENT     C.syn     Pass          ESTABLISHED:SYN_SENT     TcpOpening
        ESTABLISHED:SYN_SENT     C.newsyn  Drop          ESTABLISHED:SYN_SENT     TcpOpening
        ESTABLISHED:SYN_SENT     C.synack  Pass          ESTABLISHED:ESTABLISHED  TcpEstablished
        ESTABLISHED:SYN_SENT     C.ack     Pass          ESTABLISHED:ESTABLISHED  TcpEstablished
        ESTABLISHED:SYN_SENT     C.data    Pass          ESTABLISHED:ESTABLISHED  TcpEstablished
        ESTABLISHED:SYN_SENT     C.fin     Pass          CLOSING:ESTABLISHED      TcpClosing
        ESTABLISHED:SYN_SENT     C.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        ESTABLISHED:SYN_SENT     S.syn     Pass          ESTABLISHED:SYN_SENT     TcpOpening
        ESTABLISHED:SYN_SENT     S.newsyn  Drop          ESTABLISHED:SYN_SENT     TcpOpening
        ESTABLISHED:SYN_SENT     S.synack  Pass          ESTABLISHED:SYN_SENT     TcpOpening
        ESTABLISHED:SYN_SENT     S.ack     Pass          ESTABLISHED:SYN_SENT     TcpOpening
        ESTABLISHED:SYN_SENT     S.data    Pass          ESTABLISHED:SYN_SENT     TcpOpening
        ESTABLISHED:SYN_SENT     S.fin     Pass          ESTABLISHED:CLOSING      TcpClosing
        ESTABLISHED:SYN_SENT     S.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        ESTABLISHED:ESTABLISHED  C.syn     Challenge     ESTABLISHED:ESTABLISHED  TcpEstablished
        ESTABLISHED:ESTABLISHED  C.newsyn  Challenge     ESTABLISHED:ESTABLISHED  TcpEstablished
        ESTABLISHED:ESTABLISHED  C.synack  PassUnchanged ESTABLISHED:ESTABLISHED  TcpEstablished
        ESTABLISHED:ESTABLISHED  C.ack     Pass          ESTABLISHED:ESTABLISHED  TcpEstablished
        ESTABLISHED:ESTABLISHED  C.data    Pass          ESTABLISHED:ESTABLISHED  TcpEstablished
        ESTABLISHED:ESTABLISHED  C.fin     Pass          CLOSING:ESTABLISHED      TcpClosing
        ESTABLISHED:ESTABLISHED  C.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        ESTABLISHED:ESTABLISHED  S.syn     Challenge     ESTABLISHED:ESTABLISHED  TcpEstablished
        ESTABLISHED:ESTABLISHED  S.newsyn  Challenge     ESTABLISHED:ESTABLISHED  TcpEstablished
        ESTABLISHED:ESTABLISHED  S.synack  PassUnchanged ESTABLISHED:ESTABLISHED  TcpEstablished
        ESTABLISHED:ESTABLISHED  S.ack     Pass          ESTABLISHED:ESTABLISHED  TcpEstablished
        ESTABLISHED:ESTABLISHED  S.data    Pass          ESTABLISHED:ESTABLISHED  TcpEstablished
        ESTABLISHED:ESTABLISHED  S.fin     Pass          ESTABLISHED:CLOSING      TcpClosing
        ESTABLISHED:ESTABLISHED  S.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        CLOSING:ESTABLISHED      C.syn     Challenge     CLOSING:ESTABLISHED      TcpClosing
        CLOSING:ESTABLISHED      C.newsyn  Challenge     CLOSING:ESTABLISHED      TcpClosing
        CLOSING:ESTABLISHED      C.synack  PassUnchanged CLOSING:ESTABLISHED      TcpClosing
        CLOSING:ESTABLISHED      C.ack     Pass          CLOSING:ESTABLISHED      TcpClosing
        CLOSING:ESTABLISHED      C.data    Pass          CLOSING:ESTABLISHED      TcpClosing
        CLOSING:ESTABLISHED      C.fin     Pass          CLOSING:ESTABLISHED      TcpClosing
        CLOSING:ESTABLISHED      C.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        CLOSING:ESTABLISHED      S.syn     Challenge     CLOSING:ESTABLISHED      TcpClosing
        CLOSING:ESTABLISHED      S.newsyn  Challenge     CLOSING:ESTABLISHED      TcpClosing
        CLOSING:ESTABLISHED      S.synack  PassUnchanged CLOSING:ESTABLISHED      TcpClosing
        CLOSING:ESTABLISHED      S.ack     Pass          FIN_WAIT_2:ESTABLISHED   TcpClosing
        CLOSING:ESTABLISHED      S.data    Pass          FIN_WAIT_2:ESTABLISHED   TcpClosing
        CLOSING:ESTABLISHED      S.fin     Pass          FIN_WAIT_2:CLOSING       TcpFinWait
        CLOSING:ESTABLISHED      S.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        FIN_WAIT_2:ESTABLISHED   C.syn     Challenge     FIN_WAIT_2:ESTABLISHED   TcpClosing
        FIN_WAIT_2:ESTABLISHED   C.newsyn  Challenge     FIN_WAIT_2:ESTABLISHED   TcpClosing
        FIN_WAIT_2:ESTABLISHED   C.synack  PassUnchanged FIN_WAIT_2:ESTABLISHED   TcpClosing
        FIN_WAIT_2:ESTABLISHED   C.ack     Pass          FIN_WAIT_2:ESTABLISHED   TcpClosing
        FIN_WAIT_2:ESTABLISHED   C.data    Pass          FIN_WAIT_2:ESTABLISHED   TcpClosing
        FIN_WAIT_2:ESTABLISHED   C.fin     Pass          FIN_WAIT_2:ESTABLISHED   TcpClosing
        FIN_WAIT_2:ESTABLISHED   C.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        FIN_WAIT_2:ESTABLISHED   S.syn     Challenge     FIN_WAIT_2:ESTABLISHED   TcpClosing
        FIN_WAIT_2:ESTABLISHED   S.newsyn  Challenge     FIN_WAIT_2:ESTABLISHED   TcpClosing
        FIN_WAIT_2:ESTABLISHED   S.synack  PassUnchanged FIN_WAIT_2:ESTABLISHED   TcpClosing
        FIN_WAIT_2:ESTABLISHED   S.ack     Pass          FIN_WAIT_2:ESTABLISHED   TcpClosing
        FIN_WAIT_2:ESTABLISHED   S.data    Pass          FIN_WAIT_2:ESTABLISHED   TcpClosing
        FIN_WAIT_2:ESTABLISHED   S.fin     Pass          FIN_WAIT_2:CLOSING       TcpFinWait
        FIN_WAIT_2:ESTABLISHED   S.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        ESTABLISHED:CLOSING      C.syn     Challenge     ESTABLISHED:CLOSING      TcpClosing
        ESTABLISHED:CLOSING      C.newsyn  Challenge     ESTABLISHED:CLOSING      TcpClosing
        ESTABLISHED:CLOSING      C.synack  PassUnchanged ESTABLISHED:CLOSING      TcpClosing
        ESTABLISHED:CLOSING      C.ack     Pass          ESTABLISHED:FIN_WAIT_2   TcpClosing
        ESTABLISHED:CLOSING      C.data    Pass          ESTABLISHED:FIN_WAIT_2   TcpClosing
        ESTABLISHED:CLOSING      C.fin     Pass          CLOSING:FIN_WAIT_2       TcpFinWait
        ESTABLISHED:CLOSING      C.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        ESTABLISHED:CLOSING      S.syn     Challenge     ESTABLISHED:CLOSING      TcpClosing
        ESTABLISHED:CLOSING      S.newsyn  Challenge     ESTABLISHED:CLOSING      TcpClosing
        ESTABLISHED:CLOSING      S.synack  PassUnchanged ESTABLISHED:CLOSING      TcpClosing
        ESTABLISHED:CLOSING      S.ack     Pass          ESTABLISHED:CLOSING      TcpClosing
        ESTABLISHED:CLOSING      S.data    Pass          ESTABLISHED:CLOSING      TcpClosing
        ESTABLISHED:CLOSING      S.fin     Pass          ESTABLISHED:CLOSING      TcpClosing
        ESTABLISHED:CLOSING      S.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        ESTABLISHED:FIN_WAIT_2   C.syn     Challenge     ESTABLISHED:FIN_WAIT_2   TcpClosing
        ESTABLISHED:FIN_WAIT_2   C.newsyn  Challenge     ESTABLISHED:FIN_WAIT_2   TcpClosing
        ESTABLISHED:FIN_WAIT_2   C.synack  PassUnchanged ESTABLISHED:FIN_WAIT_2   TcpClosing
        ESTABLISHED:FIN_WAIT_2   C.ack     Pass          ESTABLISHED:FIN_WAIT_2   TcpClosing
        ESTABLISHED:FIN_WAIT_2   C.data    Pass          ESTABLISHED:FIN_WAIT_2   TcpClosing
        ESTABLISHED:FIN_WAIT_2   C.fin     Pass          CLOSING:FIN_WAIT_2       TcpFinWait
        ESTABLISHED:FIN_WAIT_2   C.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        ESTABLISHED:FIN_WAIT_2   S.syn     Challenge     ESTABLISHED:FIN_WAIT_2   TcpClosing
        ESTABLISHED:FIN_WAIT_2   S.newsyn  Challenge     ESTABLISHED:FIN_WAIT_2   TcpClosing
        ESTABLISHED:FIN_WAIT_2   S.synack  PassUnchanged ESTABLISHED:FIN_WAIT_2   TcpClosing
        ESTABLISHED:FIN_WAIT_2   S.ack     Pass          ESTABLISHED:FIN_WAIT_2   TcpClosing
        ESTABLISHED:FIN_WAIT_2   S.data    Pass          ESTABLISHED:FIN_WAIT_2   TcpClosing
        ESTABLISHED:FIN_WAIT_2   S.fin     Pass          ESTABLISHED:FIN_WAIT_2   TcpClosing
        ESTABLISHED:FIN_WAIT_2   S.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        CLOSING:CLOSING          C.syn     Challenge     CLOSING:CLOSING          TcpFinWait
        CLOSING:CLOSING          C.newsyn  Challenge     CLOSING:CLOSING          TcpFinWait
        CLOSING:CLOSING          C.synack  PassUnchanged CLOSING:CLOSING          TcpFinWait
        CLOSING:CLOSING          C.ack     Pass          CLOSING:FIN_WAIT_2       TcpFinWait
        CLOSING:CLOSING          C.data    Pass          CLOSING:FIN_WAIT_2       TcpFinWait
        CLOSING:CLOSING          C.fin     Pass          CLOSING:FIN_WAIT_2       TcpFinWait
        CLOSING:CLOSING          C.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        CLOSING:CLOSING          S.syn     Challenge     CLOSING:CLOSING          TcpFinWait
        CLOSING:CLOSING          S.newsyn  Challenge     CLOSING:CLOSING          TcpFinWait
        CLOSING:CLOSING          S.synack  PassUnchanged CLOSING:CLOSING          TcpFinWait
        CLOSING:CLOSING          S.ack     Pass          FIN_WAIT_2:CLOSING       TcpFinWait
        CLOSING:CLOSING          S.data    Pass          FIN_WAIT_2:CLOSING       TcpFinWait
        CLOSING:CLOSING          S.fin     Pass          FIN_WAIT_2:CLOSING       TcpFinWait
        CLOSING:CLOSING          S.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        FIN_WAIT_2:CLOSING       C.syn     Challenge     FIN_WAIT_2:CLOSING       TcpFinWait
        FIN_WAIT_2:CLOSING       C.newsyn  Challenge     FIN_WAIT_2:CLOSING       TcpFinWait
        FIN_WAIT_2:CLOSING       C.synack  PassUnchanged FIN_WAIT_2:CLOSING       TcpFinWait
        FIN_WAIT_2:CLOSING       C.ack     Pass          FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        FIN_WAIT_2:CLOSING       C.data    Pass          FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        FIN_WAIT_2:CLOSING       C.fin     Pass          FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        FIN_WAIT_2:CLOSING       C.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        FIN_WAIT_2:CLOSING       S.syn     Challenge     FIN_WAIT_2:CLOSING       TcpFinWait
        FIN_WAIT_2:CLOSING       S.newsyn  Challenge     FIN_WAIT_2:CLOSING       TcpFinWait
        FIN_WAIT_2:CLOSING       S.synack  PassUnchanged FIN_WAIT_2:CLOSING       TcpFinWait
        FIN_WAIT_2:CLOSING       S.ack     Pass          FIN_WAIT_2:CLOSING       TcpFinWait
        FIN_WAIT_2:CLOSING       S.data    Pass          FIN_WAIT_2:CLOSING       TcpFinWait
        FIN_WAIT_2:CLOSING       S.fin     Pass          FIN_WAIT_2:CLOSING       TcpFinWait
        FIN_WAIT_2:CLOSING       S.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        CLOSING:FIN_WAIT_2       C.syn     Challenge     CLOSING:FIN_WAIT_2       TcpFinWait
        CLOSING:FIN_WAIT_2       C.newsyn  Challenge     CLOSING:FIN_WAIT_2       TcpFinWait
        CLOSING:FIN_WAIT_2       C.synack  PassUnchanged CLOSING:FIN_WAIT_2       TcpFinWait
        CLOSING:FIN_WAIT_2       C.ack     Pass          CLOSING:FIN_WAIT_2       TcpFinWait
        CLOSING:FIN_WAIT_2       C.data    Pass          CLOSING:FIN_WAIT_2       TcpFinWait
        CLOSING:FIN_WAIT_2       C.fin     Pass          CLOSING:FIN_WAIT_2       TcpFinWait
        CLOSING:FIN_WAIT_2       C.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        CLOSING:FIN_WAIT_2       S.syn     Challenge     CLOSING:FIN_WAIT_2       TcpFinWait
        CLOSING:FIN_WAIT_2       S.newsyn  Challenge     CLOSING:FIN_WAIT_2       TcpFinWait
        CLOSING:FIN_WAIT_2       S.synack  PassUnchanged CLOSING:FIN_WAIT_2       TcpFinWait
        CLOSING:FIN_WAIT_2       S.ack     Pass          FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        CLOSING:FIN_WAIT_2       S.data    Pass          FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        CLOSING:FIN_WAIT_2       S.fin     Pass          FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        CLOSING:FIN_WAIT_2       S.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        FIN_WAIT_2:FIN_WAIT_2    C.syn     Reuse         FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        FIN_WAIT_2:FIN_WAIT_2    C.newsyn  Reuse         FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        FIN_WAIT_2:FIN_WAIT_2    C.synack  PassUnchanged FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        FIN_WAIT_2:FIN_WAIT_2    C.ack     Pass          FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        FIN_WAIT_2:FIN_WAIT_2    C.data    Pass          FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        FIN_WAIT_2:FIN_WAIT_2    C.fin     Pass          FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        FIN_WAIT_2:FIN_WAIT_2    C.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        FIN_WAIT_2:FIN_WAIT_2    S.syn     Reuse         FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        FIN_WAIT_2:FIN_WAIT_2    S.newsyn  Reuse         FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        FIN_WAIT_2:FIN_WAIT_2    S.synack  PassUnchanged FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        FIN_WAIT_2:FIN_WAIT_2    S.ack     Pass          FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        FIN_WAIT_2:FIN_WAIT_2    S.data    Pass          FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        FIN_WAIT_2:FIN_WAIT_2    S.fin     Pass          FIN_WAIT_2:FIN_WAIT_2    TcpClosed
        FIN_WAIT_2:FIN_WAIT_2    S.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        TIME_WAIT:TIME_WAIT      C.syn     Reuse         TIME_WAIT:TIME_WAIT      TcpClosed
        TIME_WAIT:TIME_WAIT      C.newsyn  Reuse         TIME_WAIT:TIME_WAIT      TcpClosed
        TIME_WAIT:TIME_WAIT      C.synack  PassUnchanged TIME_WAIT:TIME_WAIT      TcpClosed
        TIME_WAIT:TIME_WAIT      C.ack     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        TIME_WAIT:TIME_WAIT      C.data    Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        TIME_WAIT:TIME_WAIT      C.fin     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        TIME_WAIT:TIME_WAIT      C.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        TIME_WAIT:TIME_WAIT      S.syn     Reuse         TIME_WAIT:TIME_WAIT      TcpClosed
        TIME_WAIT:TIME_WAIT      S.newsyn  Reuse         TIME_WAIT:TIME_WAIT      TcpClosed
        TIME_WAIT:TIME_WAIT      S.synack  PassUnchanged TIME_WAIT:TIME_WAIT      TcpClosed
        TIME_WAIT:TIME_WAIT      S.ack     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        TIME_WAIT:TIME_WAIT      S.data    Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        TIME_WAIT:TIME_WAIT      S.fin     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        TIME_WAIT:TIME_WAIT      S.rst     Pass          TIME_WAIT:TIME_WAIT      TcpClosed
        """;

    [Fact]
    public void Every_event_in_every_state_does_what_the_table_says()
    {
        var lines = new List<string>();
        foreach (string states in TcpScript.Ways.Keys)
        {
            foreach (char side in "CS")
            {
                foreach (string name in Events)
                {
                    TcpScript script = TcpScript.In(states);
                    Assert.Equal(states, script.States);
                    TrackOutcome outcome = script.Play($"{side}.{name}");
                    lines.Add($"{states,-24} {side}.{name,-7} {outcome,-13} {script.States,-24} {script.Track.Timeout}");
                }
            }
        }

        Assert.Equal(Table, string.Join('\n', lines));
    }
}
