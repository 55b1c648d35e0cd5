namespace Appliance.Engine;

/// <summary>The way of ended frames back to their pools: to the worker's own at once, to another's by a ring, a batch at a time.</summary>
internal sealed class ReturnPath(FramePool pool, HandOffMesh mesh, int worker)
{
    private readonly FrameBatch[] _home = [.. Enumerable.Range(0, mesh.Workers).Select(_ => new FrameBatch())];     // by pool
    private readonly FrameBatch _arrived = new();

    /// <summary>Ends frames, and all that are chained behind each.</summary>
    public void Release(ReadOnlySpan<Frame> frames)
    {
        for (int i = pool.Return(frames); i < frames.Length; i++)
        {
            Release(frames[i]);
            i += pool.Return(frames[(i + 1)..]);
        }
    }

    /// <summary>Ends a frame and all that are chained behind it: each goes back to its own pool.</summary>
    public void Release(Frame frame)
    {
        while (!frame.IsNull)
        {
            Frame next = frame.Info.Next;
            int home = frame.Info.Pool;
            if (home == pool.Id)
            {
                pool.Return(frame);
            }
            else
            {
                if (_home[home].Room == 0) SendHome(home);
                _home[home].TryAdd(frame);
            }

            frame = next;
        }
    }

    /// <summary>At the end of a breath.</summary>
    public void SendHome()
    {
        for (int home = 0; home < _home.Length; home++)
        {
            if (_home[home].Count > 0) SendHome(home);
        }
    }

    /// <summary>Takes what others have sent home; answers how many.</summary>
    public int BringHome()
    {
        int brought = 0;
        for (int from = 0; from < mesh.Workers; from++)
        {
            if (mesh.Home(from, worker) is not { } ring) continue;
            int count;
            while ((count = ring.Dequeue(_arrived.Free)) > 0)
            {
                _arrived.Grow(count);
                foreach (Frame frame in _arrived.Frames) frame.PrefetchInfo();      // who had them has written there
                foreach (Frame frame in _arrived.Frames) pool.Return(frame);
                _arrived.Clear();
                brought += count;
            }
        }

        return brought;
    }

    private void SendHome(int home)
    {
        mesh.Home(worker, home)!.Enqueue(_home[home].Frames);           // holds every slot of that pool: never full
        _home[home].Clear();
    }
}
