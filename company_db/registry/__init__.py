"""The corporate-number register (国税庁 法人番号公表データ): its files read and applied."""
