using Appliance.Node;

namespace Appliance.Running;

/// <summary>Requests about states that are under way, and who waits for them. The control thread's.</summary>
internal sealed class StateRequests
{
    private readonly List<(StateRequest Request, TaskCompletionSource Done)> _underWay = [];

    public bool IsBusy => _underWay.Count > 0;

    public Task Add(StateRequest request)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _underWay.Add((request, done));
        return done.Task;
    }

    public void Tend()
    {
        for (int i = _underWay.Count - 1; i >= 0; i--)
        {
            if (!_underWay[i].Request.IsDone) continue;                 // asked once: it may be done from one moment to the next
            _underWay[i].Done.SetResult();
            _underWay.RemoveAt(i);
        }
    }
}
