// A view of the core as C# wants it: the items bare, and an exception where the core's last item is an error. By hand, for it is passed
// once for every chunk: items that have come already cost neither a task nor an allocation.
using System.Runtime.CompilerServices;
using Microsoft.FSharp.Core;

namespace Llm.Interop;

/// <summary>From an item of the core to one of the facade; a struct's static method, so that it is inlined.</summary>
internal interface IItemMapping<TCore, T>
{
    static abstract T Map(StreamSource source, TCore item);
}

internal sealed class View<TCore, T, TMapping>(
    StreamSource source,
    Func<CancellationToken, IAsyncEnumerable<FSharpResult<TCore, Core.LlmError>>> open,
    CancellationToken cancellationToken) : IAsyncEnumerable<T>
    where TMapping : struct, IItemMapping<TCore, T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken enumeratorToken = default)
    {
        if (!enumeratorToken.CanBeCanceled || enumeratorToken == cancellationToken)
            return new Enumerator(source, open(cancellationToken), cancellationToken, null);

        if (!cancellationToken.CanBeCanceled)
            return new Enumerator(source, open(enumeratorToken), enumeratorToken, null);

        var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, enumeratorToken);
        return new Enumerator(source, open(linked.Token), linked.Token, linked);
    }

    private sealed class Enumerator(
        StreamSource source,
        IAsyncEnumerable<FSharpResult<TCore, Core.LlmError>> items,
        CancellationToken token,
        CancellationTokenSource? linked) : IAsyncEnumerator<T>
    {
        private readonly IAsyncEnumerator<FSharpResult<TCore, Core.LlmError>> _items = items.GetAsyncEnumerator(token);
        private T _current = default!;

        public T Current => _current;

        public ValueTask<bool> MoveNextAsync()
        {
            ValueTask<bool> pending = _items.MoveNextAsync();

            if (!pending.IsCompletedSuccessfully)
                return WaitAsync(pending);

            if (!pending.Result)
                return new ValueTask<bool>(false);

            return Take() is { } failure ? ValueTask.FromException<bool>(failure) : new ValueTask<bool>(true);
        }

        public ValueTask DisposeAsync()
        {
            linked?.Dispose();
            return _items.DisposeAsync();
        }

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        private async ValueTask<bool> WaitAsync(ValueTask<bool> pending)
        {
            if (!await pending.ConfigureAwait(false))
                return false;

            return Take() is { } failure ? throw failure : true;
        }

        private LlmException? Take()
        {
            FSharpResult<TCore, Core.LlmError> item = _items.Current;

            if (item.IsError)
                return source.ToException(item.ErrorValue);

            _current = TMapping.Map(source, item.ResultValue);
            return null;
        }
    }
}
