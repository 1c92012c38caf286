"""The Ibaraki enterprise database (茨城県企業データベース): intake, store and directory pages."""
